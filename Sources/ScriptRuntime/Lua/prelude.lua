-- The core of `decart`: errors, namespaces, task objects, timers. The other files beside this one build on it. What a
-- script may rely on when tasks are cancelled is numbered in ScriptRuntime+cancellation.swift.
--
-- `host` holds the functions of the runtime: a call that waits suspends the task it is made in. Of tasks it knows
-- spawn, await, cancel, outcome and status; a group tells which of its members has ended; park and unpark let one task
-- suspend itself until another wakes it.
local host = ...
-- Taken now: a script may give these names other meanings.
local error, rawequal, setmetatable, getmetatable, type, pairs, tostring =
  error, rawequal, setmetatable, getmetatable, type, pairs, tostring

local raise = host.raise

-- Errors

local error_mt = { __name = "DecartError" }

function error_mt.__tostring(e)
  return ("%s: %s"):format(e.code, e.message)
end

function error_mt.__concat(a, b)
  return tostring(a) .. tostring(b)
end

host.errors("error", error_mt)

local function fail(fields)
  if fields.retryable == nil then fields.retryable = false end
  raise(setmetatable(fields, error_mt))
end

-- Raises a caught error again, with what is known now added to its data.
local function fail_with(e, data)
  if getmetatable(e) == error_mt then
    e.data = e.data or {}
    for key, value in pairs(data) do
      if e.data[key] == nil then e.data[key] = value end
    end
  end
  error(e, 0)
end

local function bad_argument(position, name, wanted, got)
  raise(("bad argument #%d to '%s' (%s expected, got %s)"):format(position, name, wanted, got))
end

local function check(position, name, wanted, value)
  if type(value) ~= wanted then bad_argument(position, name, wanted, value == nil and "no value" or type(value)) end
end

-- Namespaces: called with a dot, or with a colon like an object

local function namespace(functions, space)
  space = space or {}
  for name, f in pairs(functions) do
    space[name] = type(f) ~= "function" and f or function(first, ...)
      if rawequal(first, space) then return f(...) end
      return f(first, ...)
    end
  end
  return space
end

-- Calling f() and f(nil) is not the same to host functions that take what they are given.
local function nullary(f)
  return function() return f() end
end

-- Tasks

local task_methods = { await = host.await, cancel = host.cancel }
local task_mt = { __name = "task", __gc = host.forget }

function task_mt.__index(task, key)
  if key == "status" then return host.status(task) end
  return task_methods[key]
end

function task_mt.__eq(a, b)
  return host.same(a, b)
end

host.kind("task", task_mt)

local function is_task(value)
  return type(value) == "userdata" and getmetatable(value) == task_mt
end

-- Timers

local function timer(name, set)
  return function(fn, ms, ...)
    check(1, name, "function", fn)
    if ms == nil then ms = 0 end
    if type(ms) ~= "number" then bad_argument(2, name, "milliseconds", type(ms)) end
    return set(ms, fn, ...)
  end
end

_G.setTimeout = timer("setTimeout", host.setTimeout)
_G.setInterval = timer("setInterval", host.setInterval)
_G.clearTimeout = function(id) host.clearTimer(id) end
_G.clearInterval = _G.clearTimeout

-- decart

local decart = namespace {
  spawn = host.spawn,
  sleep = host.sleep,
  now = nullary(host.now),
  exec = host.exec,
  readLine = host.readLine,
}

package.loaded.decart = decart

-- For the other Lua files of the host, which add to it.
return {
  host = host,
  decart = decart,
  namespace = namespace,
  nullary = nullary,
  raise = raise,
  nowait = host.nowait,
  fail = fail,
  fail_with = fail_with,
  check = check,
  bad_argument = bad_argument,
  is_task = is_task,
}
