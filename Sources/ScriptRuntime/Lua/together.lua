-- Several tasks at once: all, race, map and the like, time limits, shields.
local core = ...
-- Taken now: a script may give these names other meanings.
local error, setmetatable, type, pairs, math = error, setmetatable, type, pairs, math
local host, check, raise, fail, bad_argument = core.host, core.check, core.raise, core.fail, core.bad_argument
local spawn, sleep, await, cancel, outcome, is_task =
  core.spawn, core.sleep, core.await, core.cancel, host.outcome, core.is_task

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
  local limit = core.options("decart", "map", options).concurrency or n
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
  local work, alarm = spawn(fn, ...), spawn(sleep, ms)
  local group <close> = gather({ work, alarm }, 2)
  -- Both may have ended by now: what there is counts.
  if host.next(group.id) == 1 or host.status(work) ~= "running" then
    cancel(alarm)
    return await(work)
  end
  -- It may know more by the time it has ended: the id of a job whose submit was under way.
  cancel(work)
  host.next(group.id)
  local _, cause = outcome(work)
  fail {
    code = "TIMEOUT",
    message = ("it took longer than %s ms"):format(core.shown_ms(ms)),
    data = type(cause) == "table" and cause.data or nil,
    -- Only what says more than that it was cancelled: that a submit's outcome is unknown, say.
    cause = type(cause) == "table" and cause.cause or nil,
  }
end

local shield_mt = { __close = function(guard) host.shield(guard.before) end }

-- Waits until the task is over, but no longer than that; answers whether it is.
local function wait_for(task, ms)
  if task.status ~= "running" then return true end
  local alarm = spawn(sleep, ms)
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

core.timeout, core.shield, core.wait_for = timeout, shield, wait_for

core.namespace("decart", {
  all = all,
  allSettled = allSettled,
  race = race,
  any = any,
  map = map,
  timeout = timeout,
  shield = shield,
}, core.decart)
