local sleep, spawn = decart.sleep, decart.spawn

check("1: it is raised at the wait, at once; what has not started never does", function()
  local e, at
  local task = spawn(function() local _; _, e = pcall(sleep, 1000) at = decart.now() end)
  local never = spawn(function() error("started") end)
  never:cancel()
  sleep(1)
  local now = decart.now()
  assert(task:cancel("enough"))
  sleep(1)
  assert(e.code == "CANCELLED" and e.cause == "enough" and e.task == nil and at == now)
  assert(never.status == "cancelled")
end)

check("2: every later wait raises it too, and it ends as cancelled", function()
  local count, other = 0, 0
  local task = spawn(function()
    for _ = 1, 3 do if not pcall(sleep, 10) then count = count + 1 end end
    return "normal"
  end)
  sleep(1)
  task:cancel()
  spawn(function() other = count end)
  sleep(1)
  assert(count == 3 and other < 3 and task.status == "cancelled")
end)

check("3: it passes down, a normal end does not, and timers are cleared", function()
  local child, grandchild, fired
  local task = spawn(function()
    child = spawn(function() grandchild = spawn(sleep, 1000) setInterval(function() fired = true end, 50) end)
    sleep(1000)
  end)
  sleep(1)
  assert(child.status == "done" and grandchild.status == "running")
  task:cancel()
  sleep(100)
  assert(grandchild.status == "cancelled" and not fired)
end)

check("4: what a cancelled task spawns is cancelled, after a shield at its end", function()
  local ran, left
  local task = spawn(function()
    pcall(sleep, 1000)
    spawn(function() ran = true end)
    decart.shield(function() left = spawn(sleep, 60000) end)
  end)
  sleep(1)
  task:cancel()
  sleep(1)
  assert(not ran and left.status == "cancelled")
end)

check("5: a shield holds it back", function()
  local steps = {}
  local task = spawn(function()
    decart.shield(function() sleep(100) steps[1] = "inside" end)
    steps[2] = "after"
    sleep(1)
    steps[3] = "never"
  end)
  sleep(1)
  task:cancel()
  pcall(task.await, task)
  assert(table.concat(steps, " ") == "inside after")
end)

check("7: work of the host's answers for itself", function()
  local task = spawn(function() return decart.exec({ "sleep", "60" }) end)
  -- Virtual time stands still while the program runs: only what needs no time can happen.
  sleep(0)
  task:cancel()
  raises("CANCELLED", task.await, task)
end)

check("8: whose cancellation it is", function()
  local task = spawn(function()
    local ok = pcall(sleep, 1000)
    if not ok then error({ data = { job_id = "j1" } }) end
  end)
  sleep(1)
  task:cancel()
  local _, e = pcall(task.await, task)
  assert(e.code == "CANCELLED" and e.task == task and e.data.job_id == "j1")
  task = nil
  collectgarbage() collectgarbage()
  assert(e.task.status == "cancelled" and not pcall(e.task.await, e.task))
end)

-- The error of an await that was cancelled with that value as its reason, which is a copy of it.
local function cancelled_with(value)
  local victim = spawn(sleep, 1e6)
  sleep(1)
  victim:cancel(value)
  return select(2, pcall(victim.await, victim))
end

-- Memory that was given back is somebody else's.
local function collect()
  collectgarbage() collectgarbage()
  local junk = {}
  for size = 150, 260 do for i = 1, 40 do junk[#junk + 1] = ("A"):rep(size) .. i end end
end

check("8: a task in a reason has its outcome when the script has let go of it elsewhere", function()
  for status, fn in pairs { done = function() return "outcome" end, failed = function() error("outcome", 0) end } do
    local e
    do
      local ended = spawn(fn)
      pcall(ended.await, ended)
      e = cancelled_with(ended)
    end
    collect()
    local ok, outcome = pcall(e.cause.await, e.cause)
    assert(e.cause.status == status and ok == (status == "done") and outcome == "outcome", tostring(outcome))
    local all = decart.allSettled { e.cause }
    assert((all[1].value or all[1].reason) == "outcome")
  end
end)

check("8: and a task that is gone says so, even where its finalizer was taken away", function()
  local victim = spawn(sleep, 1e6)
  sleep(1)
  local mt = getmetatable(victim)
  do
    local ended = spawn(function() return "outcome" end)
    ended:await()
    sleep(1)
    victim:cancel(ended)
  end
  local finalizer = mt.__gc
  mt.__gc = nil
  collect()
  mt.__gc = finalizer
  local _, e = pcall(victim.await, victim)
  raises("this task is gone", e.cause.await, e.cause)
  raises("this task is gone", decart.all, { e.cause })
end)

check("8: a job that the task returns all the same is told", function()
  local task = spawn(function() pcall(sleep, 1e6) return { job_id = "j2", status = "pending" } end)
  sleep(1)
  task:cancel()
  local e = raises("CANCELLED", task.await, task)
  assert(e.data.job_id == "j2")
end)

check("8: a time limit tells of the job that had just come, or answers it", function()
  local c = decart.channel()
  local ok, e = pcall(decart.timeout, 5, function()
    spawn(function() sleep(0) sleep(5) c:send({ job_id = "j3" }) end)
    return (c:receive())
  end)
  assert(not ok and e.code == "TIMEOUT" and e.data and e.data.job_id == "j3", tostring(e))
  local job = decart.timeout(5, function() sleep(0) sleep(5) return { job_id = "j4" } end)
  assert(job.job_id == "j4")
end)

check("9: what a wait was given already is not lost", function()
  local c, got = decart.channel(), nil
  local task = spawn(function() got = c:receive() sleep(1) got = "too far" end)
  sleep(1)
  c:send("kept")
  task:cancel()
  sleep(1)
  assert(got == "kept" and task.status == "cancelled")
end)

check("10: a second time does nothing", function()
  local task = spawn(sleep, 1000)
  assert(task:cancel("a") == true and task:cancel("b") == false)
  sleep(1)
  assert(task:cancel() == false)
end)

check("a whole line of tasks, each spawned by the one before", function()
  local ended = 0
  local function link(n)
    local _ <close> = setmetatable({}, { __close = function() ended = ended + 1 end })
    if n > 0 then spawn(link, n - 1) end
    sleep(1e9)
  end
  local task = spawn(link, 3000)
  sleep(1)
  task:cancel()
  sleep(1)
  assert(ended == 3001, ended)
end)
