-- As on Decart's page about queue.status.
-- Tells errors apart by their code: error_handling.lua [id]; its default id is unknown to every queue.
local decart = require("decart")
local client = decart.createDecartClient()

local jobId = arg[1] or "job_abc123"

local ok, result = pcall(client.queue.status, jobId)
if ok then
  print("Job status: " .. result.status)
elseif result.code == "NOT_FOUND" then
  io.stderr:write("Job not found. It may have expired.\n")
elseif result.code == "NETWORK_ERROR" then
  io.stderr:write("Network error: ", result.message, "\n")
else
  io.stderr:write("Unexpected error: ", tostring(result), "\n")
end
