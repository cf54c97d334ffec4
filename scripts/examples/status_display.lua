-- As on Decart's page about queue.status. Its model has been retired since: with a key, name a current one.
-- Shows a job's status in two elements, as the page does: status_display.lua [image]
local decart = require("decart")
local client = decart.createDecartClient()
local imageFile = arg[1] or (arg[0]:match(".*/") or "") .. "image.png"

local statusDisplay = document.getElementById("status")
local progressBar = document.getElementById("progress")
local job = client.queue.submit({
  model = decart.models.video("lucy-pro-i2v"),
  prompt = "Animate this image",
  data = imageFile,
})
local status, pollInterval
local checkStatus = function()
  status = client.queue.status(job.job_id)
  -- Update UI based on status
  if status.status == "pending" then
    statusDisplay.textContent = "Waiting in queue..."
    progressBar.value = 25
  elseif status.status == "processing" then
    statusDisplay.textContent = "Generating video..."
    progressBar.value = 50
  elseif status.status == "completed" then
    statusDisplay.textContent = "Complete!"
    progressBar.value = 100
    return true -- Done
  elseif status.status == "failed" then
    statusDisplay.textContent = "Failed"
    return true -- Done
  end
  return false -- Not done yet
end
-- Poll every 2 seconds
pollInterval = setInterval(function()
  local done = checkStatus()
  if done then
    clearInterval(pollInterval)
    if status.status == "completed" then decart.displayVideo(client.queue.result(job.job_id)) end
  end
end, 2000)
