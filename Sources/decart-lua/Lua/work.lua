-- decart-lua work script.lua: calls the script's function for each job that the worker takes, several at a time.
local core, host = ...
-- Taken now: a script may give these names other meanings.
local pcall, type, error, tostring, math = pcall, type, error, tostring, math
local spawn = core.spawn

-- What an error says, and its code if it has one. It is whatever the script has raised: to look at it may fail too, and
-- the job must not be left with nobody to end it.
local function described(problem)
  local ok, message, code = pcall(function()
    local code = type(problem) == "table" and problem.code or nil
    if code then return tostring(problem.message), tostring(code) end
    return tostring(problem)
  end)
  if ok then return message, code end
  return "the function failed, and so did what its error has for saying why"
end

local function work_on(do_job, row)
  local ok, result = pcall(do_job, row)
  if ok and result ~= nil and type(result) ~= "string" then
    ok, result = false, "the function returned a " .. type(result) .. "; it is to return the name of the result's "
      .. "file, or nothing"
  end
  if ok then return host.ended(row.id, nil, nil, result) end
  host.ended(row.id, described(result))
end

return function(do_job)
  if type(do_job) ~= "function" then
    error("the script returned " .. (do_job == nil and "nothing" or "a " .. type(do_job))
      .. "; for 'decart-lua work' it is to return a function, which is called for each job", 0)
  end
  -- All machines together ask no more often than the service bears.
  local policy = core.default_policy or function(poll) return poll.attempt == 0 and 500 or 1500 end
  core.default_policy = function(poll)
    local delay = policy(poll)
    return math.type(delay) and poll.attempt > 0 and math.max(delay, host.pause()) or delay
  end
  while true do
    local row = host.next()
    if not row then return end
    spawn(work_on, do_job, row)
  end
end
