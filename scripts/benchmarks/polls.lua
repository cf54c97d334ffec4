-- polls.lua BASE_URL POLLS WIDTH [show]: CPU and wall time per status poll, WIDTH polls in flight; with "show" the
-- statuses go into elements.
local decart = require("decart")
local base, polls, width = arg[1], tonumber(arg[2]), tonumber(arg[3])
local client = decart.createDecartClient({ baseUrl = base, apiKey = "bench" })

local model = { name = "lucy-pro-t2v", queueUrlPath = "/v1/jobs/lucy-pro-t2v" }
local job = client.queue.submit({ model = model, prompt = "bench" })
local lanes = {}
for i = 1, width do lanes[i] = i end
local show = arg[4] == "show"

local function run(count)
  decart.map(lanes, function(lane)
    local element = show and document.getElementById("job " .. lane)
    for poll = 1, count // width do
      local status = client.queue.status(job.job_id)
      if element then element.textContent = status.status .. " " .. poll end
    end
  end)
end

run(polls // 10)
local cpu, wall = os.clock(), decart.now()
run(polls)
print((os.clock() - cpu) * 1e6 / polls, (decart.now() - wall) * 1e3 / polls)
