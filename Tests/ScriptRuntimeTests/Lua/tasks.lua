local sleep, spawn = decart.sleep, decart.spawn

check("await gives all results", function()
  local a, b, c = spawn(function(x, y) sleep(5) return x, nil, y end, 1, 2):await()
  assert(a == 1 and b == nil and c == 2)
end)

check("await raises the task's own error value", function()
  local object = {}
  local task = spawn(function() sleep(1) error(object) end)
  local ok, e = pcall(task.await, task)
  assert(not ok and rawequal(e, object) and task.status == "failed")
end)

check("a task starts at the spawner's next wait", function()
  local started
  spawn(function() started = true end)
  assert(not started)
  sleep(0)
  assert(started)
end)

check("awaiting an ended task works again and again", function()
  local task = spawn(function() return { 1 } end)
  local first = task:await()
  collectgarbage() collectgarbage()
  assert(rawequal(first, task:await()) and task.status == "done")
end)

check("an outcome survives the task object", function()
  local tasks = {}
  for i = 1, 20 do tasks[i] = spawn(function() return ("result "):rep(100) .. i end) end
  sleep(1)
  for i = 20, 1, -1 do
    spawn(function() for _ = 1, 50 do local _ = ("x"):rep(1000) end collectgarbage() collectgarbage() end)
    assert(table.remove(tasks):await():match("%d+$") == tostring(i))
  end
end)

check("a task cannot await itself", function()
  local task
  task = spawn(function() return pcall(task.await, task) end)
  local ok, e = task:await()
  assert(ok == false and e:find("cannot await itself", 1, true))
end)

check("all keeps order and n, and raises the first error", function()
  local r = decart.all {
    function() sleep(20) return "a" end, function() return nil end, function() sleep(10) return "c", 2 end,
  }
  assert(r.n == 3 and r[1] == "a" and r[2] == nil and r[3] == "c")
  local slow = spawn(function() sleep(1000) end)
  raises("boom", decart.all, { slow, function() sleep(1) error("boom") end })
  sleep(1)
  assert(slow.status == "cancelled")
  assert(decart.all({}).n == 0)
end)

check("allSettled tells both kinds", function()
  local r = decart.allSettled { function() return 1 end, function() error("x", 0) end }
  assert(r.n == 2 and r[1].status == "fulfilled" and r[1].value == 1)
  assert(r[2].status == "rejected" and r[2].reason == "x")
end)

check("race and any cancel the losers", function()
  local loser = spawn(function() sleep(500) end)
  assert(decart.race { loser, function() sleep(1) return "won" end } == "won")
  sleep(1)
  assert(loser.status == "cancelled")
  assert(decart.any { function() error("no") end, function() sleep(2) return "yes" end } == "yes")
  raises("second", decart.any, { function() error("first") end, function() sleep(1) error("second") end })
  raises("empty", decart.race, {})
  raises("empty", decart.any, {})
end)

check("map keeps to its concurrency", function()
  local running, most = 0, 0
  local r = decart.map({ 1, 2, 3, 4, 5, 6, 7 }, function(x)
    running = running + 1
    most = math.max(most, running)
    sleep(x)
    running = running - 1
    return x * x
  end, { concurrency = 3 })
  assert(most == 3 and r.n == 7 and r[7] == 49)
  assert(raises("concurrency", decart.map, {}, print, { concurrency = 0 }).code == "INVALID_OPTIONS")
  raises('knows no option "x"', decart.map, {}, print, { x = 1 })
end)

check("timeout", function()
  assert(select("#", decart.timeout(10, function() return nil, nil end)) == 2)
  local before = decart.now()
  local e = raises("TIMEOUT", decart.timeout, 10, function() sleep(1000) end)
  assert(e.code == "TIMEOUT" and decart.now() - before == 10)
  raises("inner", decart.timeout, 10, function() error("inner") end)
  raises("milliseconds expected", decart.timeout, 0 / 0, print)
end)

check("a call with a colon is the same", function()
  decart:sleep(1)
  assert(decart:map({ 1 }, function(x) return x end)[1] == 1)
end)

check("shield keeps results and errors", function()
  assert(select("#", decart.shield(function(...) sleep(1) return ... end, nil, nil)) == 2)
  raises("inside", decart.shield, function() error("inside") end)
end)
