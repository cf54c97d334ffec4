-- assert: Lua's own when it is called, and a table of assertions: assert.equal, assert.is_not_nil, assert.are.same. The
-- words in between are for reading; `not` and `no` negate.
local core, _, values, spies = ...
-- Taken now: a script may give these names other meanings.
local type, tostring, error, pcall, select, setmetatable, next =
  type, tostring, error, pcall, select, setmetatable, next
local math, table, rawequal, plain_assert = math, table, rawequal, assert
local same, shown, difference = values.same, values.shown, values.difference

local failure_mt = { __name = "assertion", __tostring = function(failure) return failure.message end }

local function fail(message, own)
  if own ~= nil then message = tostring(own) .. "\n" .. message end
  error(setmetatable({ message = message }, failure_mt), 0)
end

local function message_of(e)
  if type(e) == "table" and rawequal(e.message, nil) == false then return tostring(e.message) end
  return tostring(e)
end

-- Whether an error is the expected one: a text in its message, its code, or fields that it has.
local function is_expected(e, expected)
  if expected == nil then return true end
  if type(expected) == "string" then
    if type(e) == "table" and e.code == expected then return true end
    return tostring(e):find(expected, 1, true) ~= nil or message_of(e):find(expected, 1, true) ~= nil
  end
  if type(expected) ~= "table" or type(e) ~= "table" then return same(expected, e) end
  for key, value in next, expected do
    if not same(value, e[key]) then return false end
  end
  return true
end

local function check_function(name, f)
  if type(f) == "function" then return end
  core.raise(("bad argument #1 to 'assert.%s' (function expected, got %s)"):format(name, type(f)))
end

-- Each returns whether it holds, and what to say if it should have held, or should not have; `count` is how
-- many arguments it takes before a message of the user's own.
local checks = {
  equal = { 2, function(expected, got)
    return expected == got, difference(expected, got), "both are " .. shown(got)
  end },
  same = { 2, function(expected, got)
    return same(expected, got), difference(expected, got), "both are\n" .. values.described(got)
  end },
  near = { 3, function(expected, got, tolerance)
    local ok = math.type(got) and math.type(expected) and math.abs(expected - got) <= tolerance
    local text = ("%s and %s, within %s"):format(shown(expected), shown(got), shown(tolerance))
    return ok, "expected: " .. shown(expected) .. " ± " .. shown(tolerance) .. "\n     got: " .. shown(got), text
  end },
  matches = { 2, function(pattern, text)
    local ok = type(text) == "string" and text:find(pattern) ~= nil
    return ok, "expected a match of: " .. shown(pattern) .. "\n                got: " .. shown(text),
      "expected no match of: " .. shown(pattern) .. "\n                 got: " .. shown(text)
  end },
  truthy = { 1, function(value)
    return value, "expected: a true value\n     got: " .. shown(value), "got: " .. shown(value)
  end },
  falsy = { 1, function(value)
    return not value, "expected: false or nil\n     got: " .. shown(value), "got: " .. shown(value)
  end },
}

checks["true"] = { 1, function(value) return value == true, difference(true, value), "got: true" end }
checks["false"] = { 1, function(value) return value == false, difference(false, value), "got: false" end }
checks["nil"] = { 1, function(value) return value == nil, difference(nil, value), "got: nil" end }

for _, kind in next, { "string", "number", "boolean", "table", "function", "thread", "userdata" } do
  checks[kind] = { 1, function(value)
    return type(value) == kind, ("expected: a %s\n     got: %s"):format(kind, shown(value)), "got: " .. shown(value)
  end }
end

-- Returns the error, for further checks.
local function check_error(negated, f, expected, own)
  check_function("error", f)
  local ok, e = pcall(f)
  if negated then
    if not ok then fail("expected: no error\n     got: " .. message_of(e), expected) end
    return
  end
  if ok then fail("expected: an error" .. (expected and ", " .. shown(expected) or "") .. "\n     got: none", own) end
  if not is_expected(e, expected) then
    local text = type(expected) == "table" and type(e) == "table" and difference(expected, e)
      or ("expected: an error with %s\n     got: %s"):format(shown(expected), tostring(e))
    fail(text, own)
  end
  return e
end

-- Whether the error's message matches a Lua pattern or, with `plain`, contains the text. Returns the error.
local function check_error_matches(negated, f, pattern, init, plain)
  check_function("error_matches", f)
  core.check(2, "assert.error_matches", "string", pattern)
  local ok, e = pcall(f)
  local text = not ok and message_of(e)
  local found = text and (text:find(pattern, init, plain) or tostring(e):find(pattern, init, plain)) and true
  if negated then
    if found then fail("expected no error with a match of: " .. shown(pattern) .. "\n     got: " .. text) end
  elseif not found then
    fail(("expected an error with a match of: %s\n     got: %s"):format(shown(pattern), text or "none"))
  end
  return e
end

local other_names = {
  equals = "equal", errors = "error", match = "matches", matches_error = "error_matches", error_match = "error_matches",
}
local for_reading = {
  is = true, are = true, was = true, were = true, has = true, have = true, be = true, a = true, an = true,
}
local turning = { ["not"] = true, no = true }

-- The name in a key such as "is_not_nil", without the words for reading, and whether the meaning is turned; nil where
-- there are only such words.
local function words_of(key, negated)
  local name = {}
  for word in tostring(key):gmatch("[^_]+") do
    if turning[word] then
      negated = not negated
    elseif #name > 0 or not for_reading[word] then
      name[#name + 1] = word
    end
  end
  return #name > 0 and table.concat(name, "_") or nil, negated
end

-- assert.spy(s).was.called(2), with the same filler and negating words as everywhere.
local function of_spy(made, negated)
  if not spies.is_spy(made) then core.bad_argument(1, "assert.spy", "spy or stub", type(made)) end
  local function names(turned)
    return setmetatable({}, {
      __index = function(_, key)
        local name, is_turned = words_of(key, turned)
        if not name then return names(is_turned) end
        local check = spies.checks[name]
        if not check then
          core.raise(("assert.spy(…).%s is not known; there are called, called_with, called_at_least, called_at_most, "
            .. "called_more_than, called_less_than and returned_with"):format(key))
        end
        return function(...)
          local held, message, opposite = check(made, ...)
          if is_turned then
            held, message = not held, "expected: not so\n     " .. opposite
          end
          if not held then fail(message) end
          return made
        end
      end,
    })
  end
  return names(negated)
end

local special = { error = check_error, error_matches = check_error_matches }

local function run(name, negated, ...)
  if special[name] then return special[name](negated, ...) end
  if name == "spy" or name == "stub" then return of_spy((...), negated) end
  local count, check = checks[name][1], checks[name][2]
  if select("#", ...) < count and name ~= "nil" and name ~= "falsy" then
    core.raise(("assert.%s takes %d values, and got %d"):format(name, count, select("#", ...)))
  end
  local held, message, opposite = check(...)
  if negated then
    held, message = not held, "expected: not so\n     " .. opposite
  end
  if not held then fail(message, (select(count + 1, ...))) end
  return ...
end

local function unknown(key)
  local names = { "error", "error_matches", "spy", "stub" }
  for name in next, checks do names[#names + 1] = name end
  table.sort(names)
  core.raise(("assert.%s is not known; there are %s, each also with is_, are_, not_"):format(
    key, table.concat(names, ", ")))
end

local chain

-- What assert.<key> is, after words that were read already.
local function member(key, negated)
  local name
  name, negated = words_of(key, negated)
  if not name then return chain(negated) end
  name = other_names[name] or name
  if not special[name] and name ~= "spy" and name ~= "stub" and not checks[name] then unknown(key) end
  return function(...) return run(name, negated, ...) end
end

function chain(negated)
  return setmetatable({}, { __index = function(_, key) return member(key, negated) end })
end

assert = setmetatable({}, { -- luacheck: ignore
  __index = function(_, key) return member(key, false) end,
  -- As Lua's own: returns everything it was given.
  __call = function(_, ...)
    if select("#", ...) == 0 then core.raise("bad argument #1 to 'assert' (value expected)") end
    return plain_assert(...)
  end,
})

