local sleep, spawn = decart.sleep, decart.spawn

check("values pass as they are, also to one that waits", function()
  for room = 0, 2 do
    local c, object = decart.channel(room), setmetatable({}, {})
    spawn(function() c:send(object) c:send(print) c:close() end)
    assert(rawequal(c:receive(), object) and c:receive() == print and c:receive() == nil)
    local waiting = spawn(function() return decart.channel(0), c:receive() end)
    waiting:await()
  end
end)

check("iter ends when it is closed and empty; sending then is an error", function()
  local c, sum = decart.channel(3), 0
  for i = 1, 3 do c:send(i) end
  c:close()
  for v in c:iter() do sum = sum + v end
  assert(sum == 6)
  raises("closed", c.send, c, 1)
  raises("other than nil", c.send, decart.channel(1), nil)
end)

check("a cancelled receiver takes nothing away", function()
  local c = decart.channel()
  local gone = spawn(function() c:receive() end)
  sleep(1)
  gone:cancel()
  local stays = spawn(function() return c:receive() end)
  sleep(1)
  c:send("x")
  assert(stays:await() == "x")
end)

check("a semaphore lets so many in, in order, and gives back on errors", function()
  local s, inside, most, order = decart.semaphore(2), 0, 0, {}
  decart.map({ 1, 2, 3, 4, 5 }, function(i)
    s:with(function()
      inside = inside + 1
      most = math.max(most, inside)
      order[#order + 1] = i
      sleep(3)
      inside = inside - 1
    end)
  end)
  assert(most == 2 and table.concat(order) == "12345")
  for _ = 1, 3 do pcall(s.with, s, error, "x") end
  s:acquire() s:acquire() s:release() s:release()
end)

check("an abort controller has a signal", function()
  local controller = decart.abortController()
  controller:abort("why")
  controller:abort("again")
  assert(controller.signal.aborted and controller.signal.reason == "why")
end)
