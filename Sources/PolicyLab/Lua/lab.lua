-- Asks a policy what the lab wants to know, and reports how waits ended, as a run would.
local core, host, file, seed = ...
-- Taken now: a policy's file may give these names other meanings.
local pcall, type, loadfile, error, math = pcall, type, loadfile, error, math

-- Without this, an end without a result would look like a success.
function os.exit() error("a policy cannot end the lab", 2) end

-- What poll.lastError is after a poll that was not answered.
local _, unanswered = pcall(core.fail, {
  code = "NETWORK_ERROR", message = "the lab left this poll unanswered", retryable = true,
})

-- What the policy knows about each job it is asked about.
local polls = {}

local function poll_of(job)
  local poll = polls[job]
  if not poll then
    poll = { jobId = "job_" .. job, model = "lab" }
    polls[job] = poll
  end
  return poll
end

return function()
  math.randomseed(seed)
  local chunk, complaint = loadfile(file)
  if not chunk then error(complaint, 0) end
  local policy = core.nowait("a policy's file", chunk, file)
  if type(policy) ~= "function" then
    error(("%s must return a policy, function(poll), and returned %s"):format(
      file, policy == nil and "nothing" or "a " .. type(policy)), 0)
  end
  local answer = false
  while true do
    local what, job, attempt, processing, elapsed, missed = host.next(answer)
    answer = false
    if what == "ask" then
      local poll = poll_of(job)
      poll.attempt, poll.status = attempt, processing and "processing" or "pending"
      poll.elapsed, poll.age = elapsed, elapsed
      poll.lastError = missed and unanswered or nil
      answer = core.ask_policy(policy, poll)
    elseif what == "ended" then
      local after, before = attempt, processing
      core.settled(poll_of(job), after, before)
      polls[job] = nil
    else
      return
    end
  end
end
