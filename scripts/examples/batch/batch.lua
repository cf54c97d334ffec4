-- A clip restyled by each prompt of a CSV file, five at a time: batch.lua [prompts.csv [folder [clip]]]
-- Stop it and start it again whenever you like: each job has a key, and a key is paid for once.
local decart = require("decart")
local client = decart.createDecartClient()
local here = arg[0]:match("^.*/") or ""
local file, folder = arg[1] or here .. "prompts.csv", arg[2] or "."
local clip = arg[3] or here .. "../clip.mp4"

local function exists(path)
  local handle = io.open(path, "rb")
  if handle then handle:close() end
  return handle ~= nil
end

-- Answers what is left to do for a row: nothing, if its video is there.
local function make(row)
  local path = ("%s/%s.mp4"):format(folder, row.name)
  if exists(path) then return true end
  for try = 1, 2 do
    local job = client.queue.submitAndPoll({
      model = "lucy-restyle-2", data = clip, prompt = row.prompt,
      label = "batch", key = ("%s, try %d"):format(row.name, try),
    })
    if job.status == "completed" then
      job.data:save(path)
      print("saved " .. path)
      return true
    end
    print(("%s failed: %s"):format(row.name, job.error))
  end
  return false
end

local rows = {}
for line in io.lines(file) do
  local name, prompt = line:match('^([%w_-]+),"?(.-)"?$')
  if name and name ~= "name" then rows[#rows + 1] = { name = name, prompt = prompt } end
end

-- One that goes wrong does not stop the others.
local done = decart.map(rows, function(row)
  local ok, result = pcall(make, row)
  if not ok and result.code == "CANCELLED" then error(result) end
  if not ok then print(("%s: %s"):format(row.name, result)) end
  return ok and result
end, { concurrency = 5 })

local count = 0
for _, is_done in ipairs(done) do count = count + (is_done and 1 or 0) end
print(("%d of %d are done"):format(count, #rows))
os.exit(count == #rows and 0 or 1, true)
