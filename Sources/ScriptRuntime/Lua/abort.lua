-- abortController and its signals, as the `signal` option of calls takes them.
local core = ...
-- Taken now: a script may give these names other meanings.
local error, pcall, setmetatable, getmetatable, type, pairs, table =
  error, pcall, setmetatable, getmetatable, type, pairs, table
local host, fail, shield = core.host, core.fail, core.shield
local spawn, cancel = host.spawn, host.cancel

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
  local learned
  local task = spawn(function(...)
    local results = table.pack(pcall(fn, ...))
    if results[1] then return table.unpack(results, 2, results.n) end
    learned = results[2]
    error(learned, 0)
  end, ...)
  signal.tasks[task] = true
  local listener <close> = setmetatable({ tasks = signal.tasks, task = task }, listener_mt) -- luacheck: ignore
  local results = table.pack(pcall(await_whole, task))
  if results[1] then return table.unpack(results, 2, results.n) end
  -- What the call itself says of its end (it knows the job's id) is worth more than that its task was cancelled.
  if signal.aborted and type(learned) == "table" and learned.code == "CANCELLED" then error(learned, 0) end
  error(results[2], 0)
end

core.is_signal, core.with_signal = is_signal, with_signal

core.namespace({ abortController = core.nullary(new_controller) }, core.decart)
