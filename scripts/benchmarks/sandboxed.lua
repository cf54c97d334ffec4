-- sandboxed.lua polls N WIDTH CLIP | fetch URL PATH: work under --sandbox, whose CPU is counted from outside.
local decart = require("decart")

if arg[1] == "fetch" then
  assert(#decart.fetch(arg[2], { path = arg[3] }).body == 1 << 30)
  return
end

local count, width = tonumber(arg[2]), tonumber(arg[3])
local client = decart.createDecartClient()
-- One with a price: nothing else is within a cap.
local job = client.queue.submit({ model = "lucy-restyle-2", data = arg[4], prompt = "bench" })
local lanes = {}
for i = 1, width do lanes[i] = i end
decart.map(lanes, function()
  for _ = 1, count // width do client.queue.status(job.job_id) end
end)
