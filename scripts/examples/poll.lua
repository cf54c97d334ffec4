-- Submits a job, looks at it every two seconds until it is done, and saves the video.
local decart = require("decart")
local client = decart.createDecartClient()

local job = client.queue.submit({
  model = decart.models.video("lucy-pro-t2v"),
  prompt = "A beautiful sunset",
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
