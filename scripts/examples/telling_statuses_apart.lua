-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Does something else for each status: telling_statuses_apart.lua [id]; without an id it submits a job first.
local decart = require("decart")
local client = decart.createDecartClient()

local jobId = arg[1]
  or client.queue.submit({ model = decart.models.video("lucy-pro-t2v"), prompt = "Rain on a window" }).job_id

local function processVideo(blob)
  local file = jobId .. ".mp4"
  blob:save(file)
  print("Saved " .. file)
end

local function showErrorMessage(message)
  document.getElementById("error").textContent = message
end

local function check()
  local status = client.queue.status(jobId)

  if status.status == "completed" then
    -- Safe to fetch result
    local blob = client.queue.result(status.job_id)
    processVideo(blob)
  elseif status.status == "failed" then
    -- Handle failure
    io.stderr:write(("Job %s failed\n"):format(status.job_id))
    showErrorMessage("Video generation failed")
  else
    -- Still processing
    print(("Job %s is %s"):format(status.job_id, status.status))
    setTimeout(check, 2000)
  end
end

check()
