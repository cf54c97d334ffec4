-- bars.lua BARS SECONDS: that many bars, all of which change a hundred times a second.
local decart = require("decart")
local bars = {}
for i = 1, tonumber(arg[1]) do bars[i] = document.getElementById("job " .. i) end
local begin = decart.now()
local step = 0
while decart.now() - begin < tonumber(arg[2]) * 1000 do
  step = step + 1
  for i, bar in ipairs(bars) do bar.value = (step + i) % 100 end
  decart.sleep(10)
end
