-- Coroutine switches by resume and by wrap. Prints the CPU seconds it took.
local start = os.clock()

local co = coroutine.create(function()
  while true do coroutine.yield(1) end
end)
for _ = 1, 3000000 do coroutine.resume(co) end

local next = coroutine.wrap(function()
  for i = 1, 3000000 do coroutine.yield(i) end
end)
for _ = 1, 3000000 do next() end

print(os.clock() - start)
