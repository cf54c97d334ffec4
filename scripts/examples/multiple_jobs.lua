-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Polls many jobs at once: multiple_jobs.lua [id ...]; without ids it submits three jobs first.
local decart = require("decart")
local client = decart.createDecartClient()

local jobIds = { ... }
if #jobIds == 0 then
  for index, prompt in ipairs({ "A sunrise", "A calm noon", "A starry night" }) do
    jobIds[index] = client.queue.submit({ model = decart.models.video("lucy-pro-t2v"), prompt = prompt }).job_id
  end
end

-- Check status of all jobs in parallel
local statuses = decart.map(jobIds, client.queue.status)

for index, status in ipairs(statuses) do
  print(("Job %s: %s"):format(jobIds[index], status.status))
end

-- Filter completed jobs
local completedJobs = {}
for _, status in ipairs(statuses) do
  if status.status == "completed" then completedJobs[#completedJobs + 1] = status end
end
print(#completedJobs .. " jobs completed")
