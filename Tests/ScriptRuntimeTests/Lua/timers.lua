local sleep = decart.sleep

check("timers fire by due time, then by age", function()
  local order = {}
  for _, ms in ipairs { 30, 10, 20, 10, 0 } do
    local name = ms .. "/" .. #order
    setTimeout(function(n) order[#order + 1] = n end, ms, ms)
  end
  sleep(40)
  assert(table.concat(order, " ") == "0 10 10 20 30")
end)

check("an interval does not overlap and drops missed ticks", function()
  local at, start = {}, decart.now()
  local id
  id = setInterval(function()
    at[#at + 1] = decart.now() - start
    if #at == 1 then sleep(25) end
    if #at == 3 then clearInterval(id) end
  end, 10)
  sleep(100)
  assert(table.concat(at, " ") == "10.0 40.0 50.0", table.concat(at, " "))
end)

check("clearing stops future calls", function()
  local called
  clearTimeout(setTimeout(function() called = true end, 5))
  clearTimeout(nil)
  clearTimeout(123456)
  sleep(10)
  assert(not called)
end)

check("edges of the clock", function()
  local now = decart.now()
  sleep(0)
  sleep(-5)
  assert(decart.now() == now)
  sleep(0.5)
  assert(decart.now() == now + 0.5)
  raises("milliseconds expected, got nan", sleep, 0 / 0)
  raises("number expected", sleep, "x")
  raises("number expected", sleep)
  assert(raises("TIMEOUT", decart.timeout, 1000, sleep, math.huge).code == "TIMEOUT")
end)
