-- decart.policy: ready-made polling policies. A policy is a function from the state of a wait to the milliseconds until
-- the next poll, or nil to give up.
--
-- A policy says when to poll a healthy job. Sending a failed request again is another matter and the client's: full
-- jitter from 250 ms up to 5 s, `maxRetries` times, and not before Retry-After. A poll that fails all the same is a
-- missed poll: the policy is asked as after any other, with poll.lastError set.
local core, host = ...
-- Taken now: a script may give these names other meanings.
local type, ipairs, tostring, math, setmetatable = type, ipairs, tostring, math, setmetatable

-- The ends of waits

-- By a wait's `poll`: functions that are called at its end; also that of a policy which was asked through another one.
local watchers = setmetatable({}, { __mode = "k" })

local function watch(poll, ended)
  local those = watchers[poll]
  if not those then
    those = {}
    watchers[poll] = those
  end
  for _, other in ipairs(those) do
    if other == ended then return end
  end
  those[#those + 1] = ended
end

-- The wait is over. The job was unfinished at the age `after` and finished at the age `before`; each may be unknown.
function core.settled(poll, after, before)
  local those = watchers[poll]
  watchers[poll] = nil
  for _, ended in ipairs(those or {}) do ended(poll, after, before) end
end

local function fixed(ms)
  if type(ms) ~= "number" or not (ms >= 0 and ms < math.huge) then
    core.bad_argument(1, "fixed", "milliseconds from 0 up", type(ms) == "number" and tostring(ms) or type(ms))
  end
  return function() return ms end
end

-- The delay before poll number `attempt`, counted from 0, without jitter: min(max, initial * factor ^ attempt).
--
--   attempt                                     0     1     2     3      4      5      6      7
--   initial = 1000, factor = 1.5, max = 10000   1000  1500  2250  3375   5062.5 7593.75 10000 10000
--   initial = 500,  factor = 2,   max = 4000    500   1000  2000  4000   4000   4000   4000   4000
local function backoff(attempt, initial, factor, max)
  if initial == 0 then return 0 end
  local delay = initial * factor ^ attempt
  return delay < max and delay or max
end

-- The jitters of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). `u` is uniform in 0..1, `previous` the
-- last delay of that job or nil.
--
--   delay 4000, initial 1000, max 10000     u = 0    u = 0.5  u = 1
--   none                                    4000     4000     4000
--   full: u * delay                         0        2000     4000
--   equal: delay / 2 + u * delay / 2        2000     3000     4000
--   decorrelated, previous 3000:
--     min(max, initial + u * (3 * previous - initial))   1000  5000  9000
local jitters = {
  none = function(delay) return delay end,
  full = function(delay, u) return u * delay end,
  equal = function(delay, u) return delay / 2 + u * delay / 2 end,
  decorrelated = function(_, u, previous, initial, max)
    return math.min(max, initial + u * (3 * (previous or initial) - initial))
  end,
}

-- No limit of attempts unless given: giving up leaves a paid job behind.
local function exponential(given)
  local options = core.options("decart.policy", "exponential", given)
  local initial, factor, max = options.initial or 1000, options.factor or 1.5, options.max or 10000
  local limit = options.maxAttempts or math.huge
  local jitter = jitters[options.jitter or "none"]
  if jitter ~= jitters.decorrelated then
    return function(poll)
      if poll.attempt >= limit then return nil end
      return jitter(backoff(poll.attempt, initial, factor, max), host.random())
    end
  end
  local last = {}
  local function forget(poll) last[poll.jobId] = nil end
  return function(poll)
    if poll.attempt >= limit then return nil end
    local previous = poll.attempt > 0 and last[poll.jobId] or nil
    local delay = jitter(nil, host.random(), previous, initial, max)
    last[poll.jobId] = delay
    watch(poll, forget)
    return delay
  end
end

-- When to poll is worked out from how long jobs of the same model took; the arithmetic is in Sources/PollingModel.
local function learned(given)
  local number = host.learned(core.options("decart.policy", "learned", given))

  local function ended(poll, after, before)
    host.learnedEnd(number, poll.jobId, poll.model, after, before)
  end

  return function(poll)
    local refused = poll.lastError ~= nil and poll.lastError.status == 429
    local delay, from, to, stuck = host.learnedDelay(
      number, poll.jobId, poll.model, poll.age or poll.elapsed or 0, refused)
    poll.eta, poll.stuck = from and { from = from, to = to } or nil, stuck
    watch(poll, ended)
    return delay
  end
end

core.namespace("decart.policy", { fixed = fixed, exponential = exponential, learned = learned })
