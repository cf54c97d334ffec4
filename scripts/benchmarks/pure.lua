-- Pure Lua: calls, tables, strings, floats. Prints the CPU seconds it took.
local start = os.clock()

local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
assert(fib(30) == 832040)

local sieve, primes = {}, 0
for i = 2, 2000000 do
  if not sieve[i] then
    primes = primes + 1
    for j = i * i, 2000000, i do sieve[j] = true end
  end
end
assert(primes == 148933)

local words = {}
for i = 1, 200000 do words[#words + 1] = ("%d:%s"):format(i, ("x"):rep(i % 7)) end
assert(#table.concat(words, ","):gsub("x", "") > 0)

local x = 0.0
for i = 1, 10000000 do x = x + math.sin(i) * 0.5 end
assert(x == x)

print(os.clock() - start)
