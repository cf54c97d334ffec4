-- Waiting for a job: looks at it as a policy says until it is finished. A wait costs a coroutine; the requests are the
-- client's `status` and `result`.
local core = ...
-- Taken now: a script may give these names other meanings.
local pcall, type, next, pairs, tostring, math, debug = pcall, type, next, pairs, tostring, math, debug
local decart, fail, fail_with = core.decart, core.fail, core.fail_with

-- As every public client: 500 ms after the submit, then every 1500 ms.
local function default_policy(poll)
  return poll.attempt == 0 and 500 or 1500
end

local kinds = {
  policy = "function", timeout = "number", onStatusChange = "function", onPoll = "function", signal = "signal",
}

local function type_of(value)
  return core.is_signal(value) and "signal" or type(value)
end

-- Takes the options of a wait out of `given`; answers them and the rest.
local function split(given)
  local options, rest = {}, {}
  for key, value in pairs(given) do
    local wanted = kinds[key]
    if not wanted then
      rest[key] = value
    else
      if type_of(value) ~= wanted or value ~= value then
        fail {
          code = "INVALID_OPTIONS",
          message = ("%s must be a %s, not %s"):format(key, wanted, value ~= value and "nan" or "a " .. type_of(value)),
        }
      end
      options[key] = value
    end
  end
  return options, rest
end

-- Answers milliseconds, or nil to give up; anything else the policy does is INVALID_POLICY.
local function ask(policy, poll)
  local ok, delay = pcall(core.nowait, "a polling policy", policy, poll)
  if ok and delay == nil then return nil end
  if ok and math.type(delay) and delay >= 0 and delay < math.huge then return delay end
  local info = debug.getinfo(policy, "S")
  local place = ("%s:%d"):format(info.short_src, info.linedefined)
  local did = ok and "returned " .. (type(delay) == "string" and ("%q"):format(delay) or tostring(delay))
    or "failed: " .. tostring(delay)
  fail {
    code = "INVALID_POLICY",
    message = ("the policy at %s %s; it must return the milliseconds until the next look, a number from 0 up, or nil "
      .. "to give up. The job goes on."):format(place, did),
    data = { job_id = poll.jobId, currentStatus = poll.status },
    cause = not ok and delay or nil,
  }
end

core.ask_policy = ask

-- Jobs that this run submitted: their models, and when. Only a hint, so it may be dropped when it has grown large.
local begun, begun_count = {}, 0

function core.began(id, model)
  if begun_count == 10000 then begun, begun_count = {}, 0 end
  begun_count = begun_count + 1
  begun[id] = { at = decart.now(), model = model }
end

-- Whether a failed look ends the wait: a refusal does, but for the ones that pass; anything else is a missed look.
local function ends_wait(e)
  if type(e) ~= "table" or e.code == nil or e.code == "CANCELLED" then return true end
  if e.code == "NOT_FOUND" or e.code:find("^INVALID") then return true end
  local status = e.status
  return status ~= nil and status >= 300 and status < 500 and status ~= 408 and status ~= 429
end

local function reason_of(job)
  local e = job.error
  if type(e) == "table" then e = e.message or e.detail end
  return type(e) == "string" and e ~= "" and e or "Job failed"
end

local function give_up(poll, why)
  fail {
    code = "TIMEOUT",
    message = ("%s; job %s is %s and goes on. Wait for it again with client.queue.poll(id)."):format(
      why, poll.jobId, poll.status or "in an unknown state"),
    data = { job_id = poll.jobId, currentStatus = poll.status },
    cause = poll.lastError,
  }
end

-- The wait itself. `first` is the submit's reply, or nil to look at once. `seen` takes the ages, counted from the
-- submit where that is known, at which the job was last seen unfinished and first seen completed.
local function wait(queue, id, options, poll, seen, first)
  local started = decart.now()
  local born = begun[id] and begun[id].at
  local deadline = options.timeout and started + options.timeout or math.huge
  local policy = options.policy or core.default_policy or default_policy

  local function changed(job)
    if poll.shown == job.status then return end
    poll.shown = job.status
    if options.onStatusChange then options.onStatusChange(job) end
  end

  -- Answers the job if it is finished. A look may not take longer than what is left of the wait, or 5 s.
  local function look()
    poll.attempt = poll.attempt + 1
    local sent = decart.now()
    local ok, job
    if deadline < math.huge then
      ok, job = pcall(decart.timeout, math.max(5000, deadline - decart.now()), queue.status, id)
      if not ok and type(job) == "table" and job.code == "TIMEOUT" then job.retryable = true end
    else
      ok, job = pcall(queue.status, id)
    end
    if not ok then
      if ends_wait(job) then fail_with(job, { job_id = id, currentStatus = poll.status }) end
      poll.lastError = job
      return nil
    end
    poll.lastError, poll.status = nil, job.status
    local finished = job.status == "completed" or job.status == "failed"
    if born then
      poll.age = decart.now() - born
      if not finished then
        seen.after = sent - born
      elseif job.status == "completed" then
        seen.after, seen.before = seen.after or 0, poll.age
      end
    end
    if options.onPoll then options.onPoll(job, poll) end
    changed(job)
    return finished and job or nil
  end

  local job
  if first then
    changed(first)
    if first.status == "completed" or first.status == "failed" then job = first end
  else
    job = look()
  end
  while not job do
    poll.elapsed = decart.now() - started
    local delay = ask(policy, poll)
    if delay == nil then give_up(poll, ("the policy gave up after %d looks"):format(poll.attempt)) end
    if poll.lastError and poll.lastError.retryAfter then delay = math.max(delay, poll.lastError.retryAfter) end
    local left = deadline - decart.now()
    decart.sleep(math.min(delay, left))
    job = look()
    if not job and decart.now() >= deadline then
      give_up(poll, ("it took longer than %s ms"):format(options.timeout))
    end
  end
  core.settled(poll, seen.after, seen.before)
  if job.status == "failed" then return { status = "failed", job_id = id, error = reason_of(job) } end
  return { status = "completed", job_id = id, data = queue.result(id) }
end

local function guarded(queue, id, options, model, first)
  local poll = { attempt = 0, jobId = id, model = model, status = first and first.status }
  local seen = {}
  local ok, result = pcall(wait, queue, id, options, poll, seen, first)
  core.settled(poll, seen.after)
  -- Whatever error of the client's ends the wait, the job's id is in it: the job may be running, and has been paid
  -- for. An error of the script's own stays as it is; the run tells the ids of unfinished jobs at its end.
  if not ok then fail_with(result, { job_id = id }) end
  return result
end

-- The two calls, made for a client's queue.
return function(queue)
  local function poll(id, given)
    if type(id) ~= "string" then core.bad_argument(1, "poll", "string", id == nil and "no value" or type(id)) end
    if given ~= nil then core.check(2, "poll", "table", given) end
    local options, rest = split(given or {})
    local unknown = next(rest)
    if unknown ~= nil then
      fail {
        code = "INVALID_OPTIONS",
        message = ("poll knows no option '%s'; it takes policy, timeout, onStatusChange, onPoll and signal"):format(
          tostring(unknown)),
      }
    end
    local known = begun[id]
    return core.with_signal(options.signal, guarded, queue, id, options, known and known.model)
  end

  local function submit_and_poll(given)
    core.check(1, "submitAndPoll", "table", given)
    local options, inputs = split(given)
    local model = type(inputs.model) == "table" and inputs.model.name or inputs.model
    return core.with_signal(options.signal, function()
      local job = queue.submit(inputs)
      return guarded(queue, job.job_id, options, model, job)
    end)
  end

  return poll, submit_and_poll
end
