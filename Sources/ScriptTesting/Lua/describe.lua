-- describe, it and the rest: collects a file's tests, and runs one of them.
local core, host, console, path = ...
-- Taken now: a script may give these names other meanings.
local type, tostring, error, xpcall, next = type, tostring, error, xpcall, next
local table, package, setmetatable, getmetatable, rawset = table, package, setmetatable, getmetatable, rawset
local getinfo, plain_traceback = debug.getinfo, debug.traceback
local _G = _G

local tests = {}

-- The hooks of a describe, by kind, in the order in which they were given.
local function new_context(name, outer)
  return { name = name, outer = outer, setup = {}, before = {}, after = {}, teardown = {} }
end

-- What the innermost describe around holds, and what is around that.
local context = new_context()
local is_running = false

local pending_mt = { __name = "pending", __tostring = function(p) return p.reason end }

-- The nearest file and line outside the host's own code.
local function line_above()
  for level = 2, 50 do
    local info = getinfo(level, "Sl")
    if not info then return nil end
    if info.currentline > 0 and not info.short_src:find("^%[decart%-lua%]") then return info.currentline end
  end
end

local function only_while_collecting(name)
  if is_running then core.raise(name .. " cannot be called within a test") end
end

local function group(name, body)
  context = new_context(name, context)
  body()
  context = context.outer
end

function describe(name, body) -- luacheck: ignore
  only_while_collecting("describe")
  core.check(1, "describe", "string", name)
  core.check(2, "describe", "function", body)
  group(name, body)
end

-- Globals and loaded modules, as they are now.
local function snapshot()
  local kept = {}
  for _, t in next, { _G, package.loaded } do
    local copy = {}
    for key, value in next, t do copy[key] = value end
    kept[t] = copy
  end
  return kept
end

local function restore(kept)
  for t, copy in next, kept do
    for key in next, t do
      if copy[key] == nil then rawset(t, key, nil) end
    end
    for key, value in next, copy do rawset(t, key, value) end
  end
end

-- A describe whose globals and modules are its own; its name may be left out.
function insulate(name, body) -- luacheck: ignore
  only_while_collecting("insulate")
  if body == nil then name, body = nil, name end
  if name ~= nil then core.check(1, "insulate", "string", name) end
  core.check(name and 2 or 1, "insulate", "function", body)
  local outside = snapshot()
  local inner
  group(name, function()
    inner = context
    body()
  end)
  inner.inside = snapshot()
  restore(outside)
end

local function add(name, body, reason)
  local around = context
  while around do
    if around.name then name = around.name .. " " .. name end
    around = around.outer
  end
  tests[#tests + 1] = {
    name = name, line = line_above(), body = body, context = context, reason = reason,
  }
end

function it(name, body) -- luacheck: ignore
  only_while_collecting("it")
  core.check(1, "it", "string", name)
  if body ~= nil then core.check(2, "it", "function", body) end
  add(name, body, not body and "not written yet" or nil)
end

-- Instead of `it`, or within a test: the test is not run, or not run further, and counts neither way.
function pending(name) -- luacheck: ignore
  if name ~= nil then core.check(1, "pending", "string", name) end
  if is_running then error(setmetatable({ reason = name or "pending" }, pending_mt), 0) end
  add(name or "pending", nil, "pending")
end

-- A hook applies to all tests of its describe, even those before it.
local function hook(name, kind)
  _G[name] = function(body)
    only_while_collecting(name)
    core.check(1, name, "function", body)
    table.insert(context[kind], body)
  end
end

hook("setup", "setup")
hook("before_each", "before")
hook("after_each", "after")
hook("teardown", "teardown")

local at_end

-- Within a test: called when the test's function has ended, however it did.
function finally(body) -- luacheck: ignore
  if not is_running then core.raise("finally can only be called within a test") end
  core.check(1, "finally", "function", body)
  at_end = body
end

-- Running

local function user_lines(traceback)
  local kept = {}
  for line in traceback:gmatch("[^\n]+") do
    local place = line:match("^\t(.+)$")
    local is_ours = place and (place:find("^%[decart%-lua%]") or place:find("^%[C%]") or place:find("^%(%.%.%.tail"))
    if place and not is_ours then
      kept[#kept + 1] = (place:gsub(": in field 'body'$", ""))
    end
  end
  return kept
end

local function failure(e)
  if type(e) == "table" and getmetatable(e) == pending_mt then return { reason = e.reason } end
  return { message = tostring(e), lines = user_lines(plain_traceback("", 2)) }
end

local function protected(body)
  local ok, found = xpcall(body, failure)
  return not ok and found or nil
end

-- From the outermost describe inward.
local function run_hooks(around, kind)
  if around.outer then run_hooks(around.outer, kind) end
  for _, body in next, around[kind] do body() end
end

-- What the innermost insulate around has set, which holds what those around it have.
local function enter(around)
  while around and not around.inside do around = around.outer end
  if around then restore(around.inside) end
end

-- Every test has a machine of its own: what a describe does once, before the first of its tests and after the last,
-- is done before and after each.
local function run(test)
  if not test.body then return { reason = test.reason } end
  is_running = true
  enter(test.context)
  local found = protected(function()
    run_hooks(test.context, "setup")
    run_hooks(test.context, "before")
    test.body()
  end)
  local function also(body)
    local other = protected(body)
    if not found or found.reason then found = other or found end
  end
  if at_end then also(at_end) end
  for _, kind in next, { "after", "teardown" } do
    local around = test.context
    while around do
      for _, body in next, around[kind] do also(body) end
      around = around.outer
    end
  end
  return found
end

return function(index)
  local chunk, message = console.loadfile(path)
  if not chunk then error(message, 0) end
  chunk(path)
  if index == nil then
    local list = {}
    for number, test in next, tests do list[number] = { name = test.name, line = test.line } end
    return host.tests(list)
  end
  local test = tests[index]
  if not test then
    error(("%s: the file has no test number %d this time; its tests must not depend on chance"):format(path, index), 0)
  end
  local found = run(test)
  host.outcome(test.name, found or {}, console.output())
end
