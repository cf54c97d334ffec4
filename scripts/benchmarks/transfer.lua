-- transfer.lua URL fetch [PATH] | upload PATH: one big transfer, a result or a file.
local decart = require("decart")

local url, what, path = arg[1], arg[2], arg[3]
local client = decart.createDecartClient({ apiKey = "bench", baseUrl = url })
if what == "fetch" then
  assert(#client.queue.result("job_1", path and { path = path }) == 1 << 30)
else
  client.files.upload(path)
end
