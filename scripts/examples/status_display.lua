-- Shows a job's progress in two elements: status_display.lua [image]
local decart = require("decart")
local client = decart.createDecartClient()

local statusDisplay = document.getElementById("status")
local progressBar = document.getElementById("progress")
local job = client.queue.submit({
  model = decart.models.video("lucy-pro-i2v"),
  prompt = "Animate this image",
  data = arg[1] or (arg[0]:match(".*/") or "") .. "image.png",
})

-- The page this follows answers true here and reads `status` in the interval below, where it is out of scope.
local function checkStatus()
  local status = client.queue.status(job.job_id)
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
    return status -- Done
  elseif status.status == "failed" then
    statusDisplay.textContent = "Failed"
    return status -- Done
  end
end

-- Poll every 2 seconds
local pollInterval
pollInterval = setInterval(function()
  local status = checkStatus()
  if not status then return end
  clearInterval(pollInterval)
  if status.status == "completed" then decart.displayVideo(client.queue.result(job.job_id)) end
end, 2000)
