-- describe, it and the rest: collects a file's tests, and runs one of them.
local core, host, console, path = ...
-- Taken now: a script may give these names other meanings.
local type, tostring, error, xpcall, next = type, tostring, error, xpcall, next
local debug, table, setmetatable, getmetatable = debug, table, setmetatable, getmetatable

local tests = {}
-- What the innermost describe around holds, and what is around that.
local context = { before = {}, after = {} }
local is_running = false

local pending_mt = { __name = "pending", __tostring = function(p) return p.reason end }

-- The file and line, outside of the host's own code, that stands nearest.
local function line_above()
  for level = 2, 50 do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if info.currentline > 0 and not info.short_src:find("^%[decart%-lua%]") then return info.currentline end
  end
end

local function only_while_collecting(name)
  if is_running then core.raise(name .. " cannot be called within a test") end
end

function describe(name, body) -- luacheck: ignore
  only_while_collecting("describe")
  core.check(1, "describe", "string", name)
  core.check(2, "describe", "function", body)
  local outer = context
  context = { name = name, outer = outer, before = {}, after = {} }
  body()
  context = outer
end

local function add(name, body, reason)
  local around = context
  while around.name do
    name, around = around.name .. " " .. name, around.outer
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

-- In place of `it`, or within a test: it is not run, or not further, and counts neither way.
function pending(name) -- luacheck: ignore
  if name ~= nil then core.check(1, "pending", "string", name) end
  if is_running then error(setmetatable({ reason = name or "pending" }, pending_mt), 0) end
  add(name or "pending", nil, "pending")
end

-- A hook is for all tests of the describe it stands in, those before it too.
local function hook(name, kind)
  _G[name] = function(body)
    only_while_collecting(name)
    core.check(1, name, "function", body)
    table.insert(context[kind], body)
  end
end

hook("beforeEach", "before")
hook("afterEach", "after")

local other_names = {
  before_each = "beforeEach", after_each = "afterEach", setup = "beforeEach", teardown = "afterEach",
}

for theirs, ours in next, other_names do
  _G[theirs] = function()
    core.raise(("%s is called %s here; every test has a machine of its own, and nothing is shared by several"):format(
      theirs, ours))
  end
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
  return { message = tostring(e), lines = user_lines(debug.traceback("", 2)) }
end

local function protected(body)
  local ok, found = xpcall(body, failure)
  return not ok and found or nil
end

-- From the outermost describe inwards.
local function set_up(around)
  if around.outer then set_up(around.outer) end
  for _, body in next, around.before do body() end
end

local function run(test)
  if not test.body then return { reason = test.reason } end
  is_running = true
  local found = protected(function()
    set_up(test.context)
    test.body()
  end)
  local around = test.context
  while around do
    for _, body in next, around.after do
      local other = protected(body)
      if not found or found.reason then found = other or found end
    end
    around = around.outer
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
