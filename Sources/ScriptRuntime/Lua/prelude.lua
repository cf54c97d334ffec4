-- The core of `decart`: tasks and what is built from them, timers, `require`. What a script may rely on when tasks are
-- cancelled is numbered in ScriptRuntime+cancellation.swift.
--
-- `host` holds the functions of the runtime: a call that waits suspends the task it is made in. Of tasks it knows
-- spawn, await, cancel, outcome and status; a group tells which of its members has ended; park and unpark let one task
-- suspend itself until another wakes it.
local host = ...

local error, rawequal, setmetatable, type = error, rawequal, setmetatable, type
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

local spawn, cancel, outcome = host.spawn, host.cancel, host.outcome

local function is_task(value)
  return type(value) == "userdata" and getmetatable(value) == task_mt
end

-- A list of functions or tasks as a list of tasks. Nothing is started unless all of it is right.
local function start(list, name)
  check(1, name, "table", list)
  local n = list.n or #list
  for i = 1, n do
    if type(list[i]) ~= "function" and not is_task(list[i]) then
      raise(("bad argument #1 to '%s' (item %d is a %s, not a function or a task)"):format(name, i, type(list[i])))
    end
  end
  local tasks = {}
  for i = 1, n do
    tasks[i] = is_task(list[i]) and list[i] or spawn(list[i])
  end
  return tasks, n
end

local function cancel_all(tasks)
  for _, task in pairs(tasks) do cancel(task) end
end

local group_mt = { __close = function(group) host.disband(group.id) end }

local function gather(tasks, n)
  local group = setmetatable({ id = host.group() }, group_mt)
  for i = 1, n do host.join(group.id, tasks[i], i) end
  return group
end

local function all(list)
  local tasks, n = start(list, "all")
  local results = { n = n }
  local group <close> = gather(tasks, n)
  for _ = 1, n do
    local i = host.next(group.id)
    local state, value = outcome(tasks[i])
    if state ~= "done" then
      cancel_all(tasks)
      error(value, 0)
    end
    results[i] = value
  end
  return results
end

local function allSettled(list)
  local tasks, n = start(list, "allSettled")
  local results = { n = n }
  local group <close> = gather(tasks, n)
  for _ = 1, n do
    local i = host.next(group.id)
    local state, value = outcome(tasks[i])
    results[i] = state == "done" and { status = "fulfilled", value = value } or { status = "rejected", reason = value }
  end
  return results
end

local function not_empty(n, name)
  if n == 0 then raise(("bad argument #1 to '%s' (the list is empty, so nothing could ever end it)"):format(name)) end
end

local function race(list)
  local tasks, n = start(list, "race")
  not_empty(n, "race")
  local group <close> = gather(tasks, n)
  local state, value = outcome(tasks[host.next(group.id)])
  cancel_all(tasks)
  if state ~= "done" then error(value, 0) end
  return value
end

local function any(list)
  local tasks, n = start(list, "any")
  not_empty(n, "any")
  local group <close> = gather(tasks, n)
  local last
  for _ = 1, n do
    local state, value = outcome(tasks[host.next(group.id)])
    if state == "done" then
      cancel_all(tasks)
      return value
    end
    last = value
  end
  error(last, 0)
end

local function map(list, fn, options)
  check(1, "map", "table", list)
  check(2, "map", "function", fn)
  local n = list.n or #list
  local limit = n
  if options ~= nil then
    check(3, "map", "table", options)
    for key in pairs(options) do
      if key ~= "concurrency" then
        fail { code = "INVALID_OPTIONS", message = ("map knows no option '%s'; it takes concurrency"):format(key) }
      end
    end
    limit = options.concurrency or n
    if math.type(limit) ~= "integer" or limit < 1 then
      fail { code = "INVALID_OPTIONS", message = "concurrency is an integer from 1 up, not " .. tostring(limit) }
    end
  end
  local results, tasks, started = { n = n }, {}, 0
  local group <close> = gather(tasks, 0)
  local function start_next()
    started = started + 1
    local task = spawn(fn, list[started])
    tasks[started] = task
    host.join(group.id, task, started)
  end
  for _ = 1, math.min(limit, n) do start_next() end
  for _ = 1, n do
    local i = host.next(group.id)
    local state, value = outcome(tasks[i])
    tasks[i] = nil
    if state ~= "done" then
      cancel_all(tasks)
      error(value, 0)
    end
    results[i] = value
    if started < n then start_next() end
  end
  return results
end

local function timeout(ms, fn, ...)
  check(1, "timeout", "number", ms)
  if ms ~= ms then bad_argument(1, "timeout", "milliseconds", "nan") end
  check(2, "timeout", "function", fn)
  local work, alarm = spawn(fn, ...), spawn(host.sleep, ms)
  local group <close> = gather({ work, alarm }, 2)
  if host.next(group.id) == 1 then
    cancel(alarm)
    return host.await(work)
  end
  -- It may know more by the time it has ended: the id of a job whose submit was under way.
  cancel(work)
  host.next(group.id)
  local _, cause = outcome(work)
  fail {
    code = "TIMEOUT",
    message = ("it took longer than %s ms"):format(ms),
    data = type(cause) == "table" and cause.data or nil,
  }
end

local shield_mt = { __close = function(guard) host.shield(guard.before) end }

-- Waits until the task is over, but no longer than that; answers whether it is.
local function wait_for(task, ms)
  if task.status ~= "running" then return true end
  local alarm = spawn(host.sleep, ms)
  local group <close> = gather({ task, alarm }, 2)
  local over = host.next(group.id) == 1
  cancel(alarm)
  return over
end

local function shield(fn, ...)
  check(1, "shield", "function", fn)
  local guard <close> = setmetatable({ before = host.shield(true) }, shield_mt) -- luacheck: ignore
  return (function(...) return ... end)(fn(...))
end

-- Queues of tasks that wait: entries from `first` to `last`, with a hole where one has given up.
local function new_queue()
  return { first = 1, last = 0 }
end

local parked_mt = {
  __close = function(entry)
    local queue = entry.queue
    if queue[entry.at] == entry then queue[entry.at] = nil end
  end,
}

-- Suspends until another task wakes this one through `entry`; leaves no trace in the queue if it is cancelled instead.
local function park(queue, entry)
  entry.token, entry.queue, entry.at = host.token(), queue, queue.last + 1
  queue.last = entry.at
  queue[entry.at] = entry
  local parked <close> = setmetatable(entry, parked_mt) -- luacheck: ignore
  host.park()
end

-- Wakes the first of the queue that still waits, and answers its entry; `value` is what it finds there.
-- Values pass between tasks within Lua: through the host they would be copies.
local function wake_first(queue, value)
  while queue.first <= queue.last do
    local entry = queue[queue.first]
    queue[queue.first] = nil
    queue.first = queue.first + 1
    if entry then
      entry.value = value
      if host.unpark(entry.token) then return entry end
    end
  end
end

-- Semaphores

local semaphore = {}
semaphore.__index = semaphore
semaphore.__name = "semaphore"

local function new_semaphore(n)
  if math.type(n) ~= "integer" or n < 0 then bad_argument(1, "semaphore", "integer from 0 up", tostring(n)) end
  return setmetatable({ free = n, waiting = new_queue() }, semaphore)
end

function semaphore:acquire()
  if self.free > 0 then
    self.free = self.free - 1
  else
    park(self.waiting, {})
  end
end

function semaphore:release()
  -- A permit that somebody waits for goes straight to them, so that nobody overtakes.
  if not wake_first(self.waiting) then self.free = self.free + 1 end
end

local permit_mt = { __close = function(permit) permit.semaphore:release() end }

function semaphore:with(fn, ...)
  check(1, "with", "function", fn)
  self:acquire()
  local permit <close> = setmetatable({ semaphore = self }, permit_mt) -- luacheck: ignore
  return (function(...) return ... end)(fn(...))
end

-- Channels

local channel = {}
channel.__index = channel
channel.__name = "channel"

local function new_channel(n)
  if n == nil then n = 0 end
  if math.type(n) ~= "integer" or n < 0 then bad_argument(1, "channel", "integer from 0 up", tostring(n)) end
  return setmetatable({
    room = n, first = 1, last = 0, values = {}, senders = new_queue(), receivers = new_queue(), closed = false,
  }, channel)
end

local function put(self, value)
  self.last = self.last + 1
  self.values[self.last] = value
end

function channel:send(value)
  if value == nil then bad_argument(1, "send", "value other than nil", "nil") end
  if self.closed then raise("the channel is closed") end
  if wake_first(self.receivers, value) then return end
  if self.last - self.first + 1 < self.room then return put(self, value) end
  local entry = { sent = value }
  park(self.senders, entry)
  if not entry.value then raise("the channel was closed before its value was received") end
end

function channel:receive()
  if self.first <= self.last then
    local value = self.values[self.first]
    self.values[self.first] = nil
    self.first = self.first + 1
    local sender = wake_first(self.senders, true)
    if sender then put(self, sender.sent) end
    return value
  end
  local sender = wake_first(self.senders, true)
  if sender then return sender.sent end
  if self.closed then return nil end
  local entry = {}
  park(self.receivers, entry)
  return entry.value
end

function channel:close()
  if self.closed then return end
  self.closed = true
  while wake_first(self.receivers, nil) do end -- luacheck: ignore
  while wake_first(self.senders, false) do end -- luacheck: ignore
end

function channel:iter()
  return function() return self:receive() end
end

-- Aborting

local signal_mt = { __name = "signal" }
local controller = {}
controller.__index = controller
controller.__name = "abortController"

local function new_controller()
  return setmetatable({ signal = setmetatable({ aborted = false, tasks = {} }, signal_mt) }, controller)
end

function controller:abort(reason)
  local signal = self.signal
  if signal.aborted then return end
  signal.aborted, signal.reason = true, reason
  local tasks = signal.tasks
  signal.tasks = {}
  for task in pairs(tasks) do cancel(task, reason) end
end

local function is_signal(value)
  return getmetatable(value) == signal_mt
end

local listener_mt = { __close = function(listener) listener.tasks[listener.task] = nil end }

-- The results of a task of one's own. Cancelling the caller cancels it too, and what it learns while it ends (the id of
-- a job whose submit was under way) is not lost.
local function await_whole(task)
  local results = table.pack(pcall(host.await, task))
  if results[1] then return table.unpack(results, 2, results.n) end
  if host.status(task) == "running" then
    local _, late = pcall(shield, host.await, task)
    if type(late) == "table" and late.data then error(late, 0) end
  end
  error(results[2], 0)
end

-- Runs fn(...); aborting the signal cancels it.
local function with_signal(signal, fn, ...)
  if signal == nil then return fn(...) end
  if signal.aborted then
    fail { code = "CANCELLED", message = "the signal was aborted already", cause = signal.reason }
  end
  local task = spawn(fn, ...)
  signal.tasks[task] = true
  local listener <close> = setmetatable({ tasks = signal.tasks, task = task }, listener_mt) -- luacheck: ignore
  return (function(...) return ... end)(await_whole(task))
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

-- require: Lua's own, but a module may wait while it loads, and a task that asks for it meanwhile waits too

local package, searchpath, loadfile = package, package.searchpath, loadfile
local loaded = package.loaded
local loading = {}
-- Which load a task waits for, by the task's token.
local awaited = {}

if not host.bytecode() then
  package.searchers[2] = function(name)
    if type(package.path) ~= "string" then error("'package.path' must be a string", 0) end
    local file, tried = searchpath(name, package.path)
    if not file then return tried end
    local chunk, message = loadfile(file)
    if chunk then return chunk, file end
    error(("error loading module '%s' from file '%s':\n\t%s"):format(name, file, message), 0)
  end
end

-- The loader and its extra value, or nil and where it was looked for.
local function find_loader(name)
  local tried = {}
  for i = 1, math.huge do
    local searcher = rawget(package.searchers, i)
    if searcher == nil then return nil, ("module '%s' not found:%s"):format(name, table.concat(tried)) end
    local loader, extra = searcher(name)
    if type(loader) == "function" then return loader, extra end
    if type(loader) == "string" then tried[#tried + 1] = "\n\t" .. loader end
  end
end

local function load_with(loader, name, extra)
  local value = loader(name, extra)
  if value ~= nil then loaded[name] = value end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name], extra
end

local loading_mt = {
  __close = function(record)
    -- A module that is required by what it requires is loaded again, as in Lua; only the outer load is waited for.
    if record.outer then
      record.outer.again = record.outer.again - 1
      return
    end
    loading[record.name] = nil
    while wake_first(record.waiting) do end -- luacheck: ignore
  end,
}

local awaited_mt = { __close = function(wait) awaited[wait.task] = nil end }

-- Whether this load can end only once the task itself goes on: it would wait for itself.
local function waits_for(record, task)
  while record do
    if record.task == task then return true end
    record = awaited[record.task]
  end
end

local function wait_for(record)
  local task = host.token()
  awaited[task] = record
  local wait <close> = setmetatable({ task = task }, awaited_mt) -- luacheck: ignore
  park(record.waiting, {})
end

-- Its own complaints are raised at level 2, as those of Lua's require are.
function require(name) -- luacheck: ignore
  if type(name) ~= "string" then
    if type(name) ~= "number" then
      local got = name == nil and "no value" or type(name)
      error(("bad argument #1 to 'require' (string expected, got %s)"):format(got), 2)
    end
    name = tostring(name)
  end
  while true do
    local value = loaded[name]
    if value then return value end
    local other = loading[name]
    if not other or waits_for(other, host.token()) then break end
    wait_for(other)
  end
  if type(package.searchers) ~= "table" then error("'package.searchers' must be a table", 2) end
  local outer = loading[name]
  if outer then
    -- Lua's own require, a C function, comes to the end of the C stack about there.
    if outer.again == 100 then error(("C stack overflow (module '%s' requires itself)"):format(name), 2) end
    outer.again = outer.again + 1
  end
  local record <close> = setmetatable(
    { name = name, task = host.token(), waiting = new_queue(), outer = outer, again = 0 }, loading_mt)
  if not outer then loading[name] = record end
  local loader, extra = find_loader(name)
  if not loader then error(extra, 2) end
  return (function(...) return ... end)(load_with(loader, name, extra))
end

-- decart

local decart = namespace {
  spawn = spawn,
  sleep = host.sleep,
  now = nullary(host.now),
  exec = host.exec,
  readLine = host.readLine,
  all = all,
  allSettled = allSettled,
  race = race,
  any = any,
  map = map,
  timeout = timeout,
  shield = shield,
  semaphore = new_semaphore,
  channel = new_channel,
  abortController = nullary(new_controller),
}

loaded.decart = decart

-- For the other Lua files of the host.
return {
  decart = decart,
  namespace = namespace,
  raise = raise,
  fail = fail,
  check = check,
  bad_argument = bad_argument,
  error_mt = error_mt,
  is_signal = is_signal,
  with_signal = with_signal,
  wait_for = wait_for,
  nowait = host.nowait,
  fail_with = fail_with,
  host = host,
}
