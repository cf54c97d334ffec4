-- spy and stub: functions that remember how they were called.
local core, _, values = ...
-- Taken now: a script may give these names other meanings.
local type, rawequal, setmetatable, getmetatable, select, next =
  type, rawequal, setmetatable, getmetatable, select, next
local table = table
local same = values.same

local spy_mt = { __name = "spy" }
local methods = {}
spy_mt.__index = methods

local function is_spy(value)
  return type(value) == "table" and rawequal(getmetatable(value), spy_mt)
end

-- Tables as they are at the call: a script may change them afterwards.
local function copied(value)
  local copies, left = {}, {}
  local function copy_of(v)
    if type(v) ~= "table" or getmetatable(v) ~= nil then return v end
    if not copies[v] then
      copies[v] = {}
      left[#left + 1] = v
    end
    return copies[v]
  end
  local copy = copy_of(value)
  -- Not by calling itself: tables may be nested deeper than functions can be.
  while #left > 0 do
    local t = table.remove(left)
    for k, v in next, t do copies[t][copy_of(k)] = copy_of(v) end
  end
  return copy
end

local function list_of(...)
  local list = { n = select("#", ...) }
  for index = 1, list.n do list[index] = copied((select(index, ...))) end
  return list
end

local function same_list(a, b)
  if a.n ~= b.n then return false end
  for index = 1, a.n do
    if not same(a[index], b[index]) then return false end
  end
  return true
end

local function new_spy(callback)
  return setmetatable({ calls = {}, returnvals = {}, callback = callback }, spy_mt)
end

function spy_mt.__call(spy, ...)
  -- As it is called now: the function may call the spy again.
  local call = { vals = list_of(...), refs = table.pack(...) }
  spy.calls[#spy.calls + 1] = call
  local results = table.pack(spy.callback(...))
  spy.returnvals[#spy.returnvals + 1] = { vals = list_of(table.unpack(results, 1, results.n)), refs = results }
  return table.unpack(results, 1, results.n)
end

function methods.clear(spy)
  spy.calls, spy.returnvals = {}, {}
  return spy
end

-- Puts back what was there before.
function methods.revert(spy)
  if spy.target then spy.target[spy.key] = spy.original end
  spy.target = nil
  return spy.original
end

local function replace(kind, target, key, callback)
  if type(target) ~= "table" then core.bad_argument(1, kind, "table", type(target)) end
  if key == nil then core.bad_argument(2, kind, "key of the table", "no value") end
  local made = new_spy(callback)
  made.target, made.key, made.original = target, key, target[key]
  target[key] = made
  return made
end

spy = setmetatable({ -- luacheck: ignore
  new = function(f)
    if f ~= nil and not is_spy(f) then core.check(1, "spy.new", "function", f) end
    return new_spy(f or function() end)
  end,
  on = function(target, key)
    local original = type(target) == "table" and target[key]
    if type(target) == "table" and type(original) ~= "function" and not is_spy(original) then
      core.raise(("bad argument #2 to 'spy.on' (there is no function '%s' in the table)"):format(
        type(key) == "string" and key or type(key)))
    end
    return replace("spy.on", target, key, original)
  end,
  is_spy = is_spy,
}, { __call = function(_, f) return spy.new(f) end }) -- luacheck: ignore

-- Stubs: what they return

local function add_answers(made)
  local default, special = function() end, {}

  -- Sets what it returns, for calls with certain arguments or for all others.
  local function setters(set)
    return {
      returns = function(...)
        local results = table.pack(...)
        set(function() return table.unpack(results, 1, results.n) end)
        return made
      end,
      invokes = function(f)
        core.check(1, "invokes", "function", f)
        set(f)
        return made
      end,
    }
  end

  local function set_default(f) default = f end
  made.by_default = setters(set_default)
  made.returns, made.invokes = made.by_default.returns, made.by_default.invokes
  made.on_call_with = function(...)
    local wanted = list_of(...)
    return setters(function(f) table.insert(special, 1, { wanted = wanted, f = f }) end)
  end
  made.callback = function(...)
    local given = list_of(...)
    for _, answer in next, special do
      if same_list(answer.wanted, given) then return answer.f(...) end
    end
    return default(...)
  end
  return made
end

local function new_stub(target, key, ...)
  local made
  if target == nil then
    made = new_spy()
  else
    made = replace("stub", target, key)
  end
  add_answers(made)
  if select("#", ...) == 1 and type((...)) == "function" then return made.invokes((...)) end
  if select("#", ...) > 0 then made.returns(...) end
  return made
end

stub = setmetatable({ new = new_stub }, { __call = function(_, ...) return new_stub(...) end }) -- luacheck: ignore

-- Assertions: assert.spy(s).was.called(2)

local function shown_list(list)
  local parts = {}
  for index = 1, list.n do parts[index] = values.shown(list[index]) end
  return "(" .. table.concat(parts, ", ") .. ")"
end

local function shown_calls(name, records)
  if #records == 0 then return "it was never " .. name end
  local lines = {}
  for index, record in next, records do lines[index] = "  " .. shown_list(record.vals) end
  return ("it %s:\n%s"):format(name == "called" and "was called with" or "returned", table.concat(lines, "\n"))
end

local function times(count)
  return count == 1 and "once" or count == 2 and "twice" or count .. " times"
end

local function counted(text, holds)
  return function(made, count)
    core.check(1, "called", "number", count)
    local got = #made.calls
    return holds(got, count), ("expected: called %s %s\n     got: %s"):format(text, times(count), times(got)),
      ("got: called %s"):format(times(got))
  end
end

-- Each returns whether it holds, and what to say if it should have held, or should not have.
local checks = {
  called_at_least = counted("at least", function(got, count) return got >= count end),
  called_at_most = counted("at most", function(got, count) return got <= count end),
  called_more_than = counted("more than", function(got, count) return got > count end),
  called_less_than = counted("less than", function(got, count) return got < count end),
}

function checks.called(made, count)
  local got = #made.calls
  local text = ("expected: called %s\n     got: %s"):format(count and times(count) or "at least once", times(got))
  return count == nil and got > 0 or got == count, text, ("got: called %s"):format(times(got))
end

local function among(name, of)
  return function(made, ...)
    local wanted = list_of(...)
    for _, record in next, made[of] do
      if same_list(record.vals, wanted) then return true, "", shown_calls(name, made[of]) end
    end
    return false, ("expected: %s\nbut %s"):format(shown_list(wanted), shown_calls(name, made[of])), ""
  end
end

checks.called_with = among("called", "calls")
checks.returned_with = among("returned", "returnvals")

return { is_spy = is_spy, checks = checks }
