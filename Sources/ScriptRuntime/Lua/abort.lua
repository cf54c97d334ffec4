-- abortController and its signals, as the `signal` option of calls takes them.
local core = ...
-- Taken now: a script may give these names other meanings.
local error, pcall, setmetatable, getmetatable, type, pairs, ipairs, table =
  error, pcall, setmetatable, getmetatable, type, pairs, ipairs, table
local host, fail, shield = core.host, core.fail, core.shield
local spawn, await, cancel = core.spawn, core.await, core.cancel

local signal_mt = { __name = "signal" }
host.kind("signal", signal_mt)
local controller = {}
controller.__index = controller
controller.__name = "abortController"

local function new_controller()
  -- The tasks are numbered in the order in which they came.
  return setmetatable({ signal = setmetatable({ aborted = false, tasks = {}, last = 0 }, signal_mt) }, controller)
end

function controller:abort(reason)
  local signal = self.signal
  if signal.aborted then return end
  signal.aborted, signal.reason = true, reason
  local tasks = signal.tasks
  signal.tasks = {}
  local order = {}
  for number in pairs(tasks) do order[#order + 1] = number end
  table.sort(order)
  for _, number in ipairs(order) do cancel(tasks[number], reason) end
end

local function is_signal(value)
  return getmetatable(value) == signal_mt
end

local listener_mt = { __close = function(listener) listener.tasks[listener.number] = nil end }

-- The results of a task of one's own. Cancelling the caller cancels it too, and what it learns while it ends (the id of
-- a job whose submit was under way) is not lost.
local function await_whole(task)
  local results = table.pack(pcall(await, task))
  if results[1] then return table.unpack(results, 2, results.n) end
  if host.status(task) == "running" then
    local _, late = pcall(shield, await, task)
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
  signal.last = signal.last + 1
  signal.tasks[signal.last] = task
  local listener <close> = setmetatable({ tasks = signal.tasks, number = signal.last }, listener_mt) -- luacheck: ignore
  local results = table.pack(pcall(await_whole, task))
  if results[1] then return table.unpack(results, 2, results.n) end
  -- What the call itself says of its end (it knows the job's id) is worth more than that its task was cancelled.
  if signal.aborted and type(learned) == "table" and learned.code == "CANCELLED" then error(learned, 0) end
  error(results[2], 0)
end

core.is_signal, core.with_signal = is_signal, with_signal

core.namespace("decart", { abortController = core.nullary(new_controller) }, core.decart)
