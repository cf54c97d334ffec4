-- waiting.lua BASE_URL JOBS SECONDS [EVERY]: JOBS jobs, each polled every EVERY ms, 2000 unless given. Prints CPU per
-- poll in µs, the number of polls, and the median and the 99th percentile of how late a poll began, in ms.
local decart = require("decart")
local base, jobs, seconds, every = arg[1], tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4] or 2000)
local client = decart.createDecartClient({ baseUrl = base, apiKey = "bench" })

local model = { name = "lucy-pro-t2v", queueUrlPath = "/v1/jobs/lucy-pro-t2v" }
local job = client.queue.submit({ model = model, prompt = "bench" })
local late, cpu = {}, os.clock()
local begin = decart.now()
local stop = begin + seconds * 1000
local tasks = {}
for i = 1, jobs do
  tasks[i] = decart.spawn(function()
    local due = begin + every * i / jobs
    -- What will not be polled any more only waits: it is there to be counted.
    while due < stop do
      decart.sleep(due - decart.now())
      late[#late + 1] = decart.now() - due
      client.queue.status(job.job_id)
      due = decart.now() + every
    end
    decart.sleep(stop - decart.now())
  end)
end
decart.all(tasks)
local polls = #late
cpu = (os.clock() - cpu) * 1e6 / polls
table.sort(late)
print(cpu, polls, late[(polls + 1) // 2], late[math.ceil(polls * 0.99)])
