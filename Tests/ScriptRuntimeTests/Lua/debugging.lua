-- What the debug library does not reach of the host's own Lua.
local spawn, sleep = decart.spawn, decart.sleep
local task_functions = debug.getmetatable(spawn(function() end)).__index

-- The functions that a call of fn calls.
local function called_by(fn, ...)
  local seen = {}
  debug.sethook(function() seen[debug.getinfo(2, "f").func] = debug.getinfo(2, "S") end, "c")
  pcall(fn, ...)
  debug.sethook()
  return seen
end

check("upvalues", function()
  local mine = function() return sleep end
  for _, f in ipairs { task_functions, decart.all, decart.spawn, require } do
    if debug.getinfo(f, "S").what == "Lua" then
      for n = 1, 30 do
        assert(debug.getupvalue(f, n) == nil and debug.setupvalue(f, n, 1) == nil and not debug.upvalueid(f, n))
        assert(not pcall(debug.upvaluejoin, mine, 1, f, n) and not pcall(debug.upvaluejoin, f, n, mine, 1))
      end
    end
  end
  assert(debug.getinfo(task_functions, "S").what == "Lua")
  -- One's own are as ever.
  assert(debug.getupvalue(mine, 1) == "sleep" and debug.setupvalue(mine, 1, 7) == "sleep" and sleep == 7)
  debug.setupvalue(mine, 1, decart.sleep)
end)

check("local variables", function()
  local found = 0
  debug.sethook(function()
    if not debug.getinfo(2, "S").short_src:find("decart-lua", 1, true) then return end
    for n = -3, 30 do
      if debug.getlocal(2, n) or debug.setlocal(2, n, 1) then found = found + 1 end
    end
  end, "crl")
  local list = decart.map({ 1, 2 }, function(x) return x end)
  debug.sethook()
  assert(found == 0 and list[2] == 2, found)
end)

check("the functions that a hook finds can be called with anything", function()
  local calls = {}
  for _, fn in ipairs {
    function() decart.all { function() end } end, function() decart.channel(1):send(1) end,
    function() decart.timeout(1, function() return spawn(function() end):await() end) end,
    function() setTimeout(function() end, 1) end, function() decart.shield(sleep, 0) end,
    function() return tostring(setmetatable({}, { __tostring = function() return "x" end })) end,
    function() coroutine.wrap(function() sleep(0) end)() end, function() load("return 1", "x", "t", {}) end,
    function() xpcall(function() error("x") end, function() end) end,
  } do
    for f, info in pairs(called_by(fn)) do
      if info.what == "C" and f ~= error and f ~= pcall and f ~= debug.sethook then
        for _, arguments in ipairs { {}, { 5 }, { {}, {} }, { "task", 1 }, { 1, 1 << 62 }, { coroutine.isyieldable, -1 } } do
          calls[#calls + 1] = spawn(pcall, f, table.unpack(arguments))
        end
      end
    end
  end
  sleep(1)
  for _, call in ipairs(calls) do call:cancel() end
  decart.allSettled(calls)
  assert(#calls > 100, #calls)
end)

check("the task's own function, called with nothing", function()
  local body
  spawn(function()
    for level = 1, 10 do
      local info = debug.getinfo(level, "f")
      body = info and info.func or body
    end
  end):await()
  for count = 1, 200 do
    local _ = select("#", table.unpack({}, 1, count))
    assert(not pcall(body))
  end
end)

check("no name of the host's", function()
  local f = load("local fn = ... return fn()", "=[decart-lua] mine")
  local e = select(2, pcall(f, function() sleep("x") end))
  assert(e:find("debugging.lua", 1, true), e)
  e = select(2, pcall(load("error('x')", "=[decart-lua] mine")))
  assert(e == "?[decart-lua] mine:1: x", e)
  assert(debug.getupvalue(load("return x", "=[decart-lua] mine"), 1) == "_ENV")
end)
