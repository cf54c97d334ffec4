-- transfer.lua URL download PATH | keep | upload PATH: one big transfer.
local decart = require("decart")

local url, what, path = arg[1], arg[2], arg[3]
local client = decart.createDecartClient({ apiKey = "bench", baseUrl = url })
if what == "download" then
  client.queue.result("job_1", { path = path })
elseif what == "keep" then
  assert(#client.queue.result("job_1") > 0)
else
  client.files.upload(path)
end
