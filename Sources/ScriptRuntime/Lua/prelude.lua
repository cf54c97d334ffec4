-- The core of `decart`: errors, namespaces, parts, task objects, timers. The other files beside this one build on it.
-- What a script may rely on when tasks are cancelled is numbered in ScriptRuntime+cancellation.swift.
--
-- `host` holds what only the host's own Lua calls: outcome and status of tasks; a group tells which of its members has
-- ended; park and unpark let one task suspend itself until another wakes it. The tables after it hold the functions
-- that scripts see, as their rows name them. A call that waits suspends the task it is made in.
local host, rows, globals, task_functions = ...
-- Taken now: a script may give these names other meanings.
local error, rawequal, rawget, setmetatable, getmetatable, type, pairs, ipairs, tostring, select, table, math =
  error, rawequal, rawget, setmetatable, getmetatable, type, pairs, ipairs, tostring, select, table, math
local loaded = package.loaded

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

local function is_error(value)
  return getmetatable(value) == error_mt
end

-- Raises a caught error again, with what is known now added to its data.
local function fail_with(e, data)
  if is_error(e) then
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

-- Options

-- Raises INVALID_OPTIONS for what the function's row does not allow; answers the options, or an empty table. `called`
-- is what the user has called, if that is another function, which takes the same options.
local function options_of(path, name, given, called)
  if given == nil then return {} end
  host.checkOptions(path, name, given, called or name)
  return given
end

-- Signals

-- Fields that abort.lua sets.
local core = {}

-- A function whose table of options, at that position, may have a `signal`: aborting it cancels the call.
local function with_signal(f, position)
  return function(...)
    local given = select(position, ...)
    if type(given) ~= "table" or given.signal == nil then return f(...) end
    if not core.is_signal(given.signal) then
      fail {
        code = "INVALID_OPTIONS",
        message = "signal must be the signal of an abortController, not a " .. type(given.signal),
      }
    end
    local rest = {}
    for key, value in pairs(given) do
      if key ~= "signal" then rest[key] = value end
    end
    local arguments = table.pack(...)
    arguments[position] = rest
    return core.with_signal(given.signal, f, table.unpack(arguments, 1, arguments.n))
  end
end

-- Namespaces: called with a dot, or with a colon like an object

-- By function or namespace: the name that the reference has it under.
local names = setmetatable({}, { __mode = "k" })

-- By path and name: the functions of parts, false until they are loaded.
local announced = {}

-- Makes the functions those of `space`, as the rows of the group at `path` say. `object` is what stands for the space
-- on the host's side, and is passed before what the script gives; nil where there is only one such space.
local function namespace(path, functions, space, object)
  space = space or {}
  local signals, of_parts = host.signals(path), announced[path] or {}
  for name, f in pairs(functions) do
    local own = f
    if signals[name] then own = with_signal(f, signals[name] + (object ~= nil and 1 or 0)) end
    local called
    if of_parts[name] ~= nil then
      of_parts[name] = own
    elseif object ~= nil then
      called = function(first, ...)
        if rawequal(first, space) then return own(object, ...) end
        return own(object, first, ...)
      end
    else
      called = function(first, ...)
        if rawequal(first, space) then return own(...) end
        return own(first, ...)
      end
    end
    if called then
      space[name] = called
      names[called] = path .. "." .. name
    end
  end
  names[space] = path
  return space
end

-- Methods of the objects at `path`.
local function methods_of(path, methods)
  for name, f in pairs(methods) do names[f] = path .. ":" .. name end
  return methods
end

-- Milliseconds for a message: as exact as people want to know them.
local function shown_ms(ms)
  local scale = ms < 1 and 1000 or 10
  local rounded = math.floor(ms * scale + 0.5) / scale
  return tostring(math.tointeger(rounded) or rounded)
end

-- Calling f() and f(nil) is not the same to host functions that take what they are given.
local function nullary(f)
  return function() return f() end
end

-- Tasks

methods_of("task", task_functions)
local task_mt = { __name = "task", __gc = host.forget }

function task_mt.__index(task, key)
  if key == "status" then return host.status(task) end
  return task_functions[key]
end

function task_mt.__eq(a, b)
  return host.same(a, b)
end

host.kind("task", task_mt)

local function is_task(value)
  return type(value) == "userdata" and getmetatable(value) == task_mt
end

-- Globals

for name, f in pairs(globals) do
  if name ~= "raise" and name ~= "nowait" and name ~= "guarded" then
    _G[name] = f
    names[f] = name
  end
end

-- decart

local decart = namespace("decart", { spawn = rows.spawn, sleep = rows.sleep, now = nullary(rows.now) })

loaded.decart = decart

-- Parts: what is made when a script first needs it

-- The standard functions as they are now, for the chunks of parts.
local standard = {}
for name, value in pairs(_G) do standard[name] = value end
for _, name in ipairs { "debug", "math", "string", "table" } do
  local library = {}
  for key, value in pairs(standard[name]) do library[key] = value end
  standard[name] = library
end
host.globals(standard)

-- By field of the core: the part that sets it.
local providers = {}
local is_loaded = {}

local function make(chunk, ...)
  if chunk then return chunk(core, ...) end
  for at = 1, select("#", ...), 2 do
    local path, functions = select(at, ...)
    local own = {}
    for name in pairs(announced[path]) do own[name] = functions[name] end
    namespace(path, own)
  end
end

local function use(part)
  if is_loaded[part] then return end
  make(host.part(part))
  is_loaded[part] = true
end

local function announce_function(part, path, name, space)
  local functions = announced[path]
  functions[name] = false
  local function called(first, ...)
    local own = functions[name]
    if not own then
      use(part)
      own = functions[name]
    end
    if rawequal(first, space) then return own(...) end
    return own(first, ...)
  end
  space[name] = called
  names[called] = path .. "." .. name
end

-- A table at "decart.x" is a field of decart, any other a global.
local function space_at(path)
  if path == "decart" then return decart end
  local field = path:match("^decart%.(%w+)$")
  local owner = field and decart or _G
  local space = rawget(owner, field or path) or {}
  owner[field or path] = space
  names[space] = path
  return space
end

-- The part has these functions: a list of paths, each with names; and it sets these fields of the core.
host.announcer(function(part, places, fields)
  for _, place in ipairs(places) do
    announced[place.path] = announced[place.path] or {}
    local space = space_at(place.path)
    for _, name in ipairs(place.names) do announce_function(part, place.path, name, space) end
  end
  for _, field in ipairs(fields) do providers[field] = part end
end)

setmetatable(core, {
  __index = function(_, field)
    if not providers[field] then return nil end
    use(providers[field])
    return rawget(core, field)
  end,
})

-- require, which require.lua has; but what is loaded already is found here.
function require(name, ...) -- luacheck: ignore
  local value = type(name) == "string" and loaded[name]
  if value then return value end
  return core.require(name, ...)
end

if not host.bytecode() then
  package.searchers[2] = function(name) return core.search_lua(name) end
end

-- For the other Lua files of the host, which add to it.
core.host = host
core.decart = decart
core.standard = standard
core.spawn, core.sleep = rows.spawn, rows.sleep
core.await, core.cancel = task_functions.await, task_functions.cancel
core.namespace = namespace
core.use = use
core.names = names
core.methods_of = methods_of
core.nullary = nullary
core.shown_ms = shown_ms
core.raise = raise
core.nowait = host.nowait
core.fail = fail
core.fail_with = fail_with
core.is_error = is_error
core.check = check
core.options = options_of
core.bad_argument = bad_argument
core.is_task = is_task
return core
