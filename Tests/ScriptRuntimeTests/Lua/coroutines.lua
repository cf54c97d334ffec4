local sleep = decart.sleep

check("waits at any depth, with yields in between", function()
  for depth = 1, 5 do
    local function nest(n)
      if n == 0 then sleep(1) coroutine.yield("y") sleep(1) return "end" end
      local co = coroutine.wrap(nest)
      coroutine.yield(co(n - 1))
      sleep(1)
      return co()
    end
    local co = coroutine.create(nest)
    local ok, v = coroutine.resume(co, depth)
    assert(ok and v == "y")
    ok, v = coroutine.resume(co)
    assert(ok and v == "end" and coroutine.status(co) == "dead", tostring(v))
  end
end)

check("a generator may poll", function()
  local got = {}
  for x in coroutine.wrap(function() for i = 1, 3 do sleep(5) coroutine.yield(i) end end) do got[#got + 1] = x end
  assert(#got == 3)
end)

check("a coroutine that waits looks normal and is left alone", function()
  local co = coroutine.create(function() sleep(10) return "mine" end)
  local task = decart.spawn(function() return coroutine.resume(co) end)
  sleep(1)
  assert(coroutine.status(co) == "normal")
  local ok, e = coroutine.resume(co)
  assert(not ok and e == "cannot resume non-suspended coroutine")
  raises("cannot close a normal coroutine", coroutine.close, co)
  local _, v = task:await()
  assert(v == "mine")
end)

check("the host is hidden", function()
  local co, main = coroutine.running()
  assert(main and not coroutine.isyieldable() and coroutine.status(co) == "running")
  raises("attempt to yield from outside a coroutine", coroutine.yield)
  decart.spawn(function()
    local _, is_main = coroutine.running()
    assert(is_main and not coroutine.isyieldable())
  end):await()
  coroutine.wrap(function()
    local _, is_main = coroutine.running()
    assert(not is_main and coroutine.isyieldable())
    sleep(1)
  end)()
end)

check("a dead coroutine cannot be resumed", function()
  local co = coroutine.create(function() sleep(1) end)
  assert(coroutine.resume(co))
  local ok, e = coroutine.resume(co)
  assert(not ok and e == "cannot resume dead coroutine")
end)
