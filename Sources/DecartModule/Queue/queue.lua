-- client.queue: what of it is Lua. A wait for a job is decided in Swift, step by step; here are the callbacks and the
-- call of the policy. A wait costs a coroutine.
local core, host, queue = ...
-- Taken now: a script may give these names other meanings.
local pcall, type, pairs, tostring, setmetatable, math, debug, error =
  pcall, type, pairs, tostring, setmetatable, math, debug, error
local fail, fail_with = core.fail, core.fail_with
local spawn, await, cancel, timeout = core.spawn, core.await, core.cancel, core.timeout

-- result

local work_mt = { __close = function(guard) cancel(guard.work) end }
local progress_mt = { __close = function(progress) host.endProgress(progress.id) end }

-- Fetches a result and calls report(received, total) about every 100 ms and at the end.
local function result_reporting(object, id, path, report)
  local progress <close> = setmetatable({ id = host.progress() }, progress_mt)
  local work = spawn(host.result, object, id, path, progress.id)
  -- A report that fails ends the download too.
  local guard <close> = setmetatable({ work = work }, work_mt) -- luacheck: ignore
  local seen
  local function tell()
    local received, total = host.progressOf(progress.id)
    if received ~= seen then report(received, total) end
    seen = received
  end
  while not core.wait_for(work, 100) do tell() end
  local blob = await(work)
  tell()
  return blob
end

local function result(object, id, given)
  local options = core.options("client.queue", "result", given)
  if not options.onProgress then return host.result(object, id, options.path) end
  return result_reporting(object, id, options.path, options.onProgress)
end

-- Policies

-- As every public client: 500 ms after the submit, then every 1500 ms.
local function default_policy(poll)
  return poll.attempt == 0 and 500 or 1500
end

-- Answers milliseconds, or nil to give up; anything else the policy does is INVALID_POLICY.
local function ask(policy, poll)
  local ok, delay = pcall(core.nowait, "a polling policy", policy, poll)
  if ok and delay == nil then return nil end
  -- The run was interrupted in there.
  if not ok and core.is_error(delay) and delay.code == "CANCELLED" then error(delay, 0) end
  if ok and math.type(delay) and delay >= 0 and delay < math.huge then return delay end
  local info = debug.getinfo(policy, "S")
  local place = ("%s:%d"):format(info.short_src, info.linedefined)
  local did = ok and "returned " .. (type(delay) == "string" and ("%q"):format(delay) or tostring(delay))
    or "failed: " .. tostring(delay)
  fail {
    code = "INVALID_POLICY",
    message = ("the policy at %s %s; it must return the milliseconds until the next poll, a number from 0 up, or nil "
      .. "to give up. The job goes on."):format(place, did),
    data = { job_id = poll.jobId, currentStatus = poll.status },
    cause = not ok and delay or nil,
  }
end

core.ask_policy = ask

-- Waits

-- Answers how the job ended, and why it failed.
local function run(wait, options, poll)
  local policy = options.policy or core.default_policy or default_policy
  local action, a, b, c, d, e = host.start(wait)
  while true do
    if action == "poll" then
      poll.attempt = poll.attempt + 1
      action, a, b, c, d, e = host.poll(wait)
    elseif action == "report" then
      poll.status, poll.lastError = a.status, nil
      if b and options.onPoll then options.onPoll(a, poll) end
      if c and options.onStatusChange then options.onStatusChange(a) end
      action, a, b, c, d, e = host.reported(wait)
    elseif action == "ask" then
      poll.attempt, poll.status, poll.elapsed, poll.age, poll.lastError = a, b, c, d, e
      action, a, b, c, d, e = host.delay(wait, ask(policy, poll))
    elseif action == "sleep" then
      host.rest(wait)
      action, a, b, c, d, e = host.woke(wait)
    else
      return action, a
    end
  end
end

-- The result of a completed job, within what is left of the wait's time.
local function fetch(object, id, left, whole)
  if not left then return host.result(object, id) end
  local ok, blob = pcall(timeout, left, host.result, object, id)
  if ok then return blob end
  if type(blob) == "table" and blob.code == "TIMEOUT" then
    fail {
      code = "TIMEOUT",
      message = ("it took longer than %s ms; job %s is completed, but its result did not arrive in time. Fetch it with "
        .. "client.queue.result(id)."):format(core.shown_ms(whole), id),
      data = { job_id = id, currentStatus = "completed" },
    }
  end
  error(blob, 0)
end

local function end_wait(held)
  if held.is_over then return end
  held.is_over = true
  local after, before, left = host.endWait(held.wait)
  core.settled(held.poll, after, before)
  return left
end

-- It is given back also where its task is stopped, or its coroutine dropped, in a callback.
local held_mt = { __close = end_wait, __gc = end_wait }

-- The wait for a job, and then its result.
local function wait_for(object, id, options, is_new)
  local wait, model = host.wait(object, id, options.timeout, is_new)
  local poll = { attempt = 0, jobId = id, model = model }
  local held <close> = setmetatable({ wait = wait, poll = poll }, held_mt)
  local ok, ending, reason = pcall(run, wait, options, poll)
  local left = end_wait(held)
  if ok and ending == "failed" then return { status = "failed", job_id = id, error = reason } end
  local blob
  if ok then ok, blob = pcall(fetch, object, id, left, options.timeout) end
  if ok then return { status = "completed", job_id = id, data = blob } end
  -- Whatever error of the client's ends the wait, the job's id is in it: the job may be running, and has been paid
  -- for. An error of the script's own stays as it is; the run tells the ids of unfinished jobs at its end.
  fail_with(blob or ending, { job_id = id })
end

local function poll(object, id, given)
  if type(id) ~= "string" then core.bad_argument(1, "poll", "string", id == nil and "no value" or type(id)) end
  if given ~= nil then core.check(2, "poll", "table", given) end
  return wait_for(object, id, core.options("client.queue", "poll", given), false)
end

local waiting = { policy = true, timeout = true, onStatusChange = true, onPoll = true }

local function submit_and_poll(object, given)
  core.check(1, "submitAndPoll", "table", given)
  local options, inputs = {}, {}
  for key, value in pairs(given) do
    if waiting[key] then options[key] = value else inputs[key] = value end
  end
  core.options("client.queue", "poll", options, "submitAndPoll")
  -- The timeout is for all of it.
  local job = options.timeout and host.submit(object, inputs, options.timeout) or queue.submit(object, inputs)
  return wait_for(object, job.job_id, options, true)
end

core.queue = {
  submit = queue.submit, status = queue.status, result = result, poll = poll, submitAndPoll = submit_and_poll,
  enqueue = queue.enqueue,
}
