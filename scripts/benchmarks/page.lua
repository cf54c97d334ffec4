-- Changes a line and a bar twenty times a second: page.lua SECONDS
local decart = require("decart")
local status, progress = document.getElementById("status"), document.getElementById("progress")
local frames = tonumber(arg[1]) * 20
for frame = 1, frames do
  status.textContent = "frame " .. frame
  progress.value = 100 * frame / frames
  decart.sleep(50)
end
