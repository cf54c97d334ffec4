-- sleepers.lua TASKS SECONDS: that many tasks that only sleep.
local decart = require("decart")
local milliseconds = tonumber(arg[2]) * 1000
for _ = 1, tonumber(arg[1]) do
  decart.spawn(function() decart.sleep(milliseconds) end)
end
