-- submits.lua BASE_URL WIDTH ROUNDS: CPU and wall time in ms of WIDTH submits at once, and wall time of one alone.
local decart = require("decart")
local base, width, rounds = arg[1], tonumber(arg[2]), tonumber(arg[3])
local client = decart.createDecartClient({ baseUrl = base, apiKey = "bench" })
local model = { name = "lucy-pro-t2v", queueUrlPath = "/v1/jobs/lucy-pro-t2v" }
local lanes = {}
for i = 1, width do lanes[i] = i end

local function submit() client.queue.submit({ model = model, prompt = "bench" }) end

decart.map(lanes, submit)
local cpu, wall = math.huge, math.huge
for _ = 1, rounds do
  local c, w = os.clock(), decart.now()
  decart.map(lanes, submit)
  cpu, wall = math.min(cpu, (os.clock() - c) * 1e3), math.min(wall, decart.now() - w)
end
local alone = math.huge
for _ = 1, rounds do
  local w = decart.now()
  submit()
  alone = math.min(alone, decart.now() - w)
end
print(cpu, wall, alone)
