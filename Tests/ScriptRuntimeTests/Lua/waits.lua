local sleep = decart.sleep
local function answer(x) sleep(1) return x end

check("pcall and xpcall", function()
  assert(select(2, pcall(answer, 7)) == 7)
  assert(select(2, xpcall(answer, print, 8)) == 8)
  assert(select(2, xpcall(function() sleep(1) error("x", 0) end, function(e) return e .. "!" end)) == "x!")
end)

check("metamethods", function()
  local mt = {
    __add = function() return answer(1) end, __index = function(_, k) return answer(k) end,
    __newindex = function(t, k, v) sleep(1) rawset(t, k, v) end, __call = function(_, x) return answer(x) end,
    __lt = function() return answer(true) end, __eq = function() return answer(true) end,
    __concat = function() return answer("cat") end, __len = function() return answer(9) end,
    __unm = function() return answer(-1) end,
    __pairs = function() sleep(1) return next, { a = 1 } end,
  }
  local a, b = setmetatable({}, mt), setmetatable({}, mt)
  assert(a + b == 1 and a.key == "key" and a(5) == 5 and a < b and a == b and a .. b == "cat" and #a == 9 and -a == -1)
  a.x = 3
  assert(rawget(a, "x") == 3)
  for k, v in pairs(a) do assert(k == "a" and v == 1) end
end)

check("for iterators", function()
  local n = 0
  for i in function(_, i) sleep(1) return i < 3 and i + 1 or nil end, nil, 0 do n = n + i end
  assert(n == 6)
end)

check("<close>, on a normal way out and on an error", function()
  local closed = 0
  local function guard() return setmetatable({}, { __close = function() sleep(1) closed = closed + 1 end }) end
  do local _ <close> = guard() end
  pcall(function() local _ <close> = guard() error("x") end)
  for _ = 1, 2 do local _ <close> = guard() if closed > 5 then break end end
  assert(closed == 4)
  local task = decart.spawn(function() local _ <close> = guard() error("y", 0) end)
  raises("y", task.await, task)
  assert(closed == 5)
end)

check("loaded chunks and dofile", function()
  assert(load("decart.sleep(1) return 5")() == 5)
  local path = os.tmpname()
  local f = assert(io.open(path, "w"))
  f:write("decart.sleep(1) return 6") f:close()
  assert(dofile(path) == 6 and loadfile(path)() == 6)
  os.remove(path)
end)

check("a module while it is required, by two tasks at once", function()
  package.preload.slow = function() sleep(10) return { loads = (LOADS or 0) + 1 } end
  local r = decart.map({ 1, 2 }, function() return require("slow") end)
  assert(r[1] == r[2] and r[1].loads == 1)
end)
