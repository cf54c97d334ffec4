-- waiting.lua BASE_URL JOBS SECONDS: JOBS jobs, each polled every 2 s; CPU per poll.
local decart = require("decart")
local base, jobs, seconds = arg[1], tonumber(arg[2]), tonumber(arg[3])
local client = decart.createDecartClient({ baseUrl = base, apiKey = "bench" })

local model = { name = "lucy-pro-t2v", queueUrlPath = "/v1/jobs/lucy-pro-t2v" }
local job = client.queue.submit({ model = model, prompt = "bench" })
local polls, cpu = 0, os.clock()
local stop = decart.now() + seconds * 1000
local tasks = {}
for i = 1, jobs do
  tasks[i] = decart.spawn(function()
    decart.sleep(2000 * i / jobs)
    while decart.now() < stop do
      client.queue.status(job.job_id)
      polls = polls + 1
      decart.sleep(2000)
    end
  end)
end
decart.all(tasks)
print((os.clock() - cpu) * 1e6 / polls, polls)
