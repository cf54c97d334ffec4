-- The runtime in plain Lua, for comparison: `return trace(program)` runs a program and answers its trace.
--
-- A wait is an ordinary yield of `WAIT`; `resume` and `wrap` pass it up; a small scheduler with timers of its own
-- answers it. What tasks do follows the numbered list in ScriptRuntime+cancellation.swift.
local raw = {}
for name, f in pairs(coroutine) do raw[name] = f end
local program = ...

local trace, now, ready, events, age, ids = {}, 0, {}, {}, 0, 0
local all, timers, current, main_failed = {}, {}, nil, false
local unawaited = {}
local WAIT, GRACE = {}, 5000

local function report(text) trace[#trace + 1] = text end

local function next_id()
  ids = ids + 1
  return ids
end

local function at(due, act)
  age = age + 1
  local event = { due = due, age = age, act = act }
  events[event] = true
  return event
end

local function earliest()
  local first
  for event in pairs(events) do
    if not first or event.due < first.due or event.due == first.due and event.age < first.age then first = event end
  end
  return first
end

-- Coroutines: a coroutine that waits for the scheduler is nobody else's to touch.

local waiting, chain, shielded, roots = {}, {}, {}, {}
-- Which coroutine a waiting one has resumed and waits in.
local inside = {}

local function enter(co, f, ...)
  chain[#chain + 1] = co
  return (function(...)
    chain[#chain] = nil
    return ...
  end)(f(co, ...))
end

local function waits(co, ok, first)
  return ok and rawequal(first, WAIT) and raw.status(co) == "suspended"
end

local function came_back(co, ...)
  if waits(co, ...) then
    local outer = raw.running()
    waiting[co], inside[outer] = true, co
    local answer = raw.yield(WAIT)
    waiting[co], inside[outer] = nil, nil
    return came_back(co, enter(co, raw.resume, answer))
  end
  return ...
end

local function resume(co, ...)
  if waiting[co] then return false, "cannot resume non-suspended coroutine" end
  return came_back(co, enter(co, raw.resume, ...))
end

local function wrap(f)
  local co = raw.create(f)
  return function(...)
    local results = table.pack(resume(co, ...))
    if results[1] then return table.unpack(results, 2, results.n) end
    local e = results[2]
    if raw.status(co) == "dead" then
      local closed, instead = enter(co, raw.close)
      if not closed then e = instead end
    end
    error(e, type(e) == "string" and 2 or 0)
  end
end

local function status(co)
  if waiting[co] then return "normal" end
  return raw.status(co)
end

local function close(co)
  local state = status(co)
  if state ~= "dead" and state ~= "suspended" then error(("cannot close a %s coroutine"):format(state), 2) end
  return enter(co, raw.close)
end

local function is_root(co) return roots[co] ~= nil end

local function yield(...)
  if is_root(raw.running()) then error("attempt to yield from outside a coroutine", 2) end
  return raw.yield(...)
end

local coroutines = {
  create = raw.create, resume = resume, wrap = wrap, status = status, close = close, yield = yield,
  running = function()
    local co, main = raw.running()
    return co, main or is_root(co)
  end,
  isyieldable = function()
    local co = raw.running()
    return not is_root(co) and raw.isyieldable()
  end,
}

-- Tasks

local task_mt = {}

local function is_over(task) return task.outcome ~= nil end

local function enqueue(task, ok, ...)
  task.wait = nil
  task.is_ready = true
  ready[#ready + 1] = { task = task, answer = table.pack(ok, ...) }
end

local function answer(task, wait, ok, ...)
  if task.wait == wait then enqueue(task, ok, ...) end
end

local function cancelled(cancellation, of)
  local message = of and "the awaited task was cancelled" or "this task was cancelled"
  if cancellation.text ~= "" then message = message .. ": " .. cancellation.text end
  return setmetatable({
    code = "CANCELLED", message = message, cause = cancellation.reason, task = of, data = of and of.last_words,
  }, { __tostring = function(e) return e.code .. ": " .. e.message end })
end

-- Whether a wait by what runs now is inside a shield: one of the task's coroutines on the way down to it has one.
local function in_shield()
  for i = #chain, 1, -1 do
    if shielded[chain[i]] then return true end
    if is_root(chain[i]) then return false end
  end
end

local function clear_timer(timer)
  if not timers[timer] then return end
  timers[timer] = nil
  if timer.entry then events[timer.entry] = nil end
  if timer.owner then timer.owner.timers[timer] = nil end
end

local function sorted(set)
  local list = {}
  for task in pairs(set) do list[#list + 1] = task end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local finish

local function leave(task)
  local wait = task.wait
  if wait and wait.leave then wait.leave() end
end

local stop

local function give_grace(task, period)
  if task.grace then events[task.grace] = nil end
  task.grace_end = now + period
  task.grace = at(task.grace_end, function() stop(task) end)
end

-- A cancelled task has run, and has come to a wait again.
local function note_turn(task)
  local turn = task.turn
  if turn == nil and now < task.grace_end then
    task.turn = "first"
  elseif turn == nil or turn == "owed first" then
    task.turn = "last"
    give_grace(task, GRACE)
  elseif turn == "owed last" then
    task.turn = "last"
    give_grace(task, 0)
  end
end

function stop(task)
  if is_over(task) then return end
  if task.is_ready and (task.turn == nil or task.turn == "first") then
    task.turn = task.turn and "owed last" or "owed first"
    return
  end
  report("stopped")
  leave(task)
  task.wait = nil
  current = task
  local unwound, co = {}, task.co
  while co do
    table.insert(unwound, 1, co)
    co = inside[co]
  end
  for _, each in ipairs(unwound) do
    waiting[each] = nil
    enter(each, raw.close)
  end
  current = nil
  finish(task, false)
end

local function cancel(task, cancellation)
  if is_over(task) or task.cancellation then return false end
  local family = {}
  local function mark(member)
    if is_over(member) or member.cancellation then return end
    member.cancellation = cancellation
    give_grace(member, GRACE)
    for timer in pairs(member.timers) do clear_timer(timer) end
    family[#family + 1] = member
    local children = sorted(member.children)
    for i = #children, 1, -1 do mark(children[i]) end
  end
  mark(task)
  for i = #family, 1, -1 do
    local member = family[i]
    local wait = member.wait
    if wait and not member.shielded then
      leave(member)
      answer(member, wait, false, cancelled(cancellation))
    end
  end
  return true
end

local function add_task(owner, main, f, ...)
  local arguments = table.pack(...)
  local task = setmetatable({
    id = next_id(), children = {}, timers = {}, awaiters = {}, owner = owner, main = main,
    co = raw.create(function() return pcall(f, table.unpack(arguments, 1, arguments.n)) end),
  }, task_mt)
  roots[task.co] = task
  all[task] = true
  enqueue(task, "start")
  if owner then
    owner.children[task] = true
    local sheltered = owner.shielded
    if owner == current then sheltered = in_shield() end
    if owner.cancellation and not sheltered then cancel(task, owner.cancellation) end
  end
  return task
end

local function tell(task, awaiter)
  unawaited[task] = nil
  if task.status == "cancelled" then
    answer(awaiter.task, awaiter.wait, false, cancelled(task.cancellation, task))
  else
    answer(awaiter.task, awaiter.wait, table.unpack(task.outcome, 1, task.outcome.n))
  end
end

local function message_of(e)
  if type(e) == "string" or type(e) == "number" then return tostring(e) end
  if type(e) == "table" and getmetatable(e) then return tostring(e) end
  return ("(error object is a %s value)"):format(type(e))
end

function finish(task, ok, ...)
  task.outcome = table.pack(ok, ...)
  local e = not ok and (...) or nil
  task.status = task.cancellation and "cancelled" or ok and "done" or "failed"
  task.wait = nil
  all[task] = nil
  if task.grace then events[task.grace] = nil end
  local owner = task.owner
  if owner then owner.children[task] = nil end
  if task.cancellation then
    for timer in pairs(task.timers) do clear_timer(timer) end
    for _, child in ipairs(sorted(task.children)) do cancel(child, task.cancellation) end
  end
  for child in pairs(task.children) do
    child.owner = owner
    if owner then owner.children[child] = true end
  end
  for timer in pairs(task.timers) do
    timer.owner = owner
    if owner then owner.timers[timer] = true end
  end
  task.children, task.timers = {}, {}
  if task.cancellation then
    if type(e) == "table" then task.last_words = e.data end
  elseif not ok and task.main then
    main_failed = true
    report("failed " .. message_of(e))
    for _, other in ipairs(sorted(all)) do cancel(other, { text = "the main script failed" }) end
    for timer in pairs(timers) do clear_timer(timer) end
  elseif not ok and #task.awaiters == 0 then
    unawaited[task] = true
    report("failed " .. message_of(e))
  end
  for _, awaiter in ipairs(task.awaiters) do tell(task, awaiter) end
  if task.ended then task.ended() end
end

-- "program.lua:7: ", the program's own line nearest to the call.
local function position()
  for i = #chain, 1, -1 do
    for level = 0, math.huge do
      local frame = debug.getinfo(chain[i], level, "Sl")
      if not frame then break end
      if frame.short_src == "program.lua" and frame.currentline > 0 then
        return ("program.lua:%d: "):format(frame.currentline)
      end
    end
  end
  return ""
end

-- Suspends the current task until it is answered; `begin(wait)` sees to that.
local function wait_for(begin)
  for i = #chain, 1, -1 do
    if not raw.isyieldable(chain[i]) then error(position() .. "attempt to wait inside a place", 0) end
    if is_root(chain[i]) then break end
  end
  local task, wait = current, {}
  task.shielded = in_shield()
  if task.cancellation and not task.shielded then
    enqueue(task, false, cancelled(task.cancellation))
  else
    task.wait = wait
    begin(wait, task)
  end
  local answered = raw.yield(WAIT)
  if answered[1] then return table.unpack(answered, 2, answered.n) end
  error(answered[2], 0)
end

local function sleep(ms)
  return wait_for(function(wait, task)
    local event = at(now + ms, function() answer(task, wait, true) end)
    wait.leave = function() events[event] = nil end
  end)
end

local methods = {}
task_mt.__index = function(task, key)
  if key == "status" then return is_over(task) and rawget(task, "status") or "running" end
  return methods[key]
end

function methods.await(task)
  return wait_for(function(wait, waiter)
    if task == waiter then
      waiter.wait = nil
      error(position() .. "a task cannot await itself: it would wait for ever", 0)
    end
    local awaiter = { task = waiter, wait = wait }
    if is_over(task) then return tell(task, awaiter) end
    table.insert(task.awaiters, awaiter)
    wait.leave = function()
      for i, other in ipairs(task.awaiters) do
        if other == awaiter then table.remove(task.awaiters, i) break end
      end
    end
  end)
end

function methods.cancel(task, reason)
  return cancel(task, { reason = reason, text = type(reason) == "string" and reason or "" })
end

local function shield(f, ...)
  local co = raw.running()
  local before = shielded[co]
  shielded[co] = true
  local guard <close> = setmetatable({}, { __close = function() shielded[co] = before end }) -- luacheck: ignore
  return (function(...) return ... end)(f(...))
end

-- Timers

local function set_timer(f, ms, period, ...)
  local timer = { owner = current, due = now + ms, arguments = table.pack(...) }
  timers[timer] = true
  if current then current.timers[timer] = true end
  local function fire()
    timer.entry = nil
    local task = add_task(timer.owner, false, f, table.unpack(timer.arguments, 1, timer.arguments.n))
    if not period then return clear_timer(timer) end
    function task.ended()
      if not timers[timer] then return end
      repeat timer.due = timer.due + period until timer.due >= now
      timer.entry = at(timer.due, fire)
    end
  end
  timer.entry = at(timer.due, fire)
  return timer
end

local function clear(timer) if timer then clear_timer(timer) end end

-- The run

local function run(task, ...)
  if is_over(task) then return end
  task.is_ready = false
  local function ran(...)
    current = nil
    if not waits(task.co, ...) then return finish(task, select(2, ...)) end
    if task.cancellation then note_turn(task) end
  end
  if (...) == "start" then
    if task.cancellation then return finish(task, false) end
    current = task
    return ran(enter(task.co, raw.resume))
  end
  current = task
  ran(enter(task.co, raw.resume, table.pack(...)))
end

local environment = setmetatable({
  coroutine = coroutines,
  record = report,
  decart = {
    now = function() return now end,
    sleep = sleep,
    shield = shield,
    spawn = function(f, ...) return add_task(current, false, f, ...) end,
  },
  setTimeout = function(f, ms, ...) return set_timer(f, ms, nil, ...) end,
  setInterval = function(f, ms, ...) return set_timer(f, math.max(ms, 1), math.max(ms, 1), ...) end,
  clearTimeout = clear,
  clearInterval = clear,
}, { __index = _G })

add_task(nil, true, assert(load(program, "@program.lua", "t", environment)))
while true do
  local event = earliest()
  while event and event.due <= now do
    events[event] = nil
    event.act()
    event = earliest()
  end
  while #ready > 0 do
    local entry = table.remove(ready, 1)
    run(entry.task, table.unpack(entry.answer, 1, entry.answer.n))
  end
  event = earliest()
  if not event then break end
  now = math.max(now, event.due)
end

local stuck = #sorted(all)
if stuck > 0 then report("deadlock of " .. stuck) end
report((main_failed or stuck > 0 or next(unawaited)) and "status 1" or "status 0")
return table.concat(trace, "\n")
