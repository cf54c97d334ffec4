-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Polls a job less and less often, from every second to every ten.
local decart = require("decart")
local client = decart.createDecartClient()

local function checkWithBackoff(jobId, maxAttempts)
  maxAttempts = maxAttempts or 30
  local attempt = 0
  local delay = 1000 -- Start with 1 second

  while attempt < maxAttempts do
    local status = client.queue.status(jobId)
    if status.status == "completed" or status.status == "failed" then return status end
    print(("Attempt %d: %s"):format(attempt + 1, status.status))

    -- Wait with exponential backoff (max 10 seconds)
    decart.sleep(delay)
    delay = math.min(delay * 1.5, 10000)
    attempt = attempt + 1
  end

  error("Max polling attempts reached")
end

local job = client.queue.submit({
  model = decart.models.video("lucy-pro-t2v"),
  prompt = "A serene lake",
})

local finalStatus = checkWithBackoff(job.job_id)
print("Final status: " .. finalStatus.status)
