-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Submits a job and polls its status once.
local decart = require("decart")

local client = decart.createDecartClient({
  apiKey = os.getenv("DECART_API_KEY"),
})

-- Submit a job
local job = client.queue.submit({
  model = decart.models.video("lucy-pro-t2v"),
  prompt = "A cat playing piano",
})

-- Check status
local status = client.queue.status(job.job_id)
print(status.status) -- "pending" | "processing" | "completed" | "failed"
