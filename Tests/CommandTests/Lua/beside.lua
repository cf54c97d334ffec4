-- A script that its tests run, and a module that they require.
local decart = require("decart")

if arg and arg[1] == "x" then
  local job = decart.createDecartClient().queue.submit({ model = "lucy-pro-t2v", prompt = "x" })
  local id
  id = setInterval(function()
    if decart.createDecartClient().queue.status(job.job_id).status ~= "completed" then return end
    clearInterval(id)
    decart.sleep(1000)
    print("beside got " .. arg[1] .. " and its timer fired")
  end, 2000)
end

return { where = "here" }
