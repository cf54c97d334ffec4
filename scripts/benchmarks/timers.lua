-- timers.lua COUNT: that many timers over two seconds; prints how late the 99th percentile and the last were, in ms.
local decart = require("decart")
local count = tonumber(arg[1])
local late = {}
local start = decart.now()
for i = 1, count do
  local due = 200 + 2000 * i / count
  setTimeout(function() late[#late + 1] = decart.now() - start - due end, due - (decart.now() - start))
end
while #late < count do decart.sleep(50) end
table.sort(late)
print(late[math.ceil(count * 0.99)], late[count])
