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
