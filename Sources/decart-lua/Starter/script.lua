-- Has a clip restyled and saves the result as result.mp4: script.lua [clip]
--
--     decart-lua --local script.lua       on this machine, for nothing
--     decart-lua --cap 1 script.lua       for real, with your key in DECART_API_KEY, and for a dollar at most
local decart = require("decart")
local client = decart.createDecartClient()
local here = arg[0]:match("^.*/") or ""

local result = client.queue.submitAndPoll({
  model = "lucy-restyle-2", -- "decart-lua models" lists them all
  data = arg[1] or here .. "clip.mp4",
  prompt = "A watercolour painting",
  policy = dofile(here .. "policy.lua"),
  onStatusChange = function(job) print(job.job_id .. ": " .. job.status) end,
})
if result.status ~= "completed" then error("the job failed: " .. result.error) end

result.data:save("result.mp4")
print("saved result.mp4")
