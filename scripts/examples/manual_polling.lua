-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Polls a job every two seconds, in a loop of its own, until the video is there.
local decart = require("decart")
local client = decart.createDecartClient()

local job = client.queue.submit({
  model = decart.models.video("lucy-pro-t2v"),
  prompt = "A beautiful sunset",
})
print("Job submitted: " .. job.job_id)

-- Poll until complete
while true do
  local status = client.queue.status(job.job_id)
  print("Current status: " .. status.status)
  if status.status == "completed" then
    print("Job completed successfully!")
    local blob = client.queue.result(job.job_id)
    decart.displayVideo(blob)
    break
  elseif status.status == "failed" then
    io.stderr:write("Job failed\n")
    break
  end
  -- Wait before checking again
  decart.sleep(2000)
end
