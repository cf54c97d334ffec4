-- Has a clip restyled, polls the job every two seconds until it is done, and saves the video: poll.lua [clip]
local decart = require("decart")
local client = decart.createDecartClient()
local clip = arg[1] or arg[0]:gsub("[^/]*$", "clip.mp4") -- the one beside this script

local job = client.queue.submit({
  model = decart.models.video("lucy-restyle-2"),
  data = clip,
  prompt = "A watercolour painting",
})
print("submitted " .. job.job_id)

while true do
  local status = client.queue.status(job.job_id)
  print("status: " .. status.status)
  if status.status == "completed" then
    local file = job.job_id .. ".mp4"
    client.queue.result(job.job_id):save(file)
    print("saved " .. file)
    break
  elseif status.status == "failed" then
    error("the job failed: " .. (status.error or "no reason given"))
  end
  decart.sleep(2000)
end
