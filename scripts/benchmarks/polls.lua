-- polls.lua BASE_URL POLLS WIDTH: CPU and wall time per status poll, WIDTH polls in flight.
local decart = require("decart")
local base, polls, width = arg[1], tonumber(arg[2]), tonumber(arg[3])
local client = decart.createDecartClient({ baseUrl = base, apiKey = "bench" })

local model = { name = "lucy-pro-t2v", queueUrlPath = "/v1/jobs/lucy-pro-t2v" }
local job = client.queue.submit({ model = model, prompt = "bench" })
local lanes = {}
for i = 1, width do lanes[i] = i end

local function run(count)
  decart.map(lanes, function()
    for _ = 1, count // width do client.queue.status(job.job_id) end
  end)
end

run(polls // 10)
local cpu, wall = os.clock(), decart.now()
run(polls)
print((os.clock() - cpu) * 1e6 / polls, (decart.now() - wall) * 1e3 / polls)
