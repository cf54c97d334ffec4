-- decart.policy: ready-made polling policies. A policy is a function from the state of a wait to the milliseconds until
-- the next look, or nil to give up.
--
-- A policy says when to look at a healthy job. Sending a failed request again is another matter and the client's: full
-- jitter from 250 ms up to 5 s, `maxRetries` times, and not before Retry-After. A look that fails all the same is a
-- missed look: the policy is asked as after any other, with poll.lastError set.
local core, host = ...
-- Taken now: a script may give these names other meanings.
local type, pairs, tostring, math, table, setmetatable = type, pairs, tostring, math, table, setmetatable

-- The ends of waits

-- By a wait's `poll`: functions that are told of its end. A policy that was asked through another one is told too.
local watchers = setmetatable({}, { __mode = "k" })

local function watch(poll, told)
  local those = watchers[poll]
  if not those then
    those = {}
    watchers[poll] = those
  end
  those[told] = true
end

-- The wait is over. The job was unfinished at the age `after` and finished at the age `before`; each may be unknown.
function core.settled(poll, after, before)
  local those = watchers[poll]
  watchers[poll] = nil
  for told in pairs(those or {}) do told(poll, after, before) end
end

-- Options

local function options_of(name, given, known)
  if given == nil then return {} end
  core.check(1, name, "table", given)
  for key in pairs(given) do
    if known[key] == nil then
      local names = {}
      for k in pairs(known) do names[#names + 1] = k end
      table.sort(names)
      core.fail {
        code = "INVALID_OPTIONS",
        message = ("policy.%s knows no option '%s'; it takes %s"):format(
          name, tostring(key), table.concat(names, ", ")),
      }
    end
  end
  return given
end

local function number_of(name, option, value, least)
  if type(value) ~= "number" or not (value >= least and value < math.huge) then
    core.fail {
      code = "INVALID_OPTIONS",
      message = ("%s of policy.%s is a number from %g up, not %s"):format(option, name, least, tostring(value)),
    }
  end
  return value
end

-- The same delay before every look.
local function fixed(ms)
  number_of("fixed", "ms", ms, 0)
  return function() return ms end
end

-- The delay before look number `attempt`, counted from 0, without jitter: min(max, initial * factor ^ attempt).
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

local known = { initial = true, factor = true, max = true, maxAttempts = true, jitter = true }

-- No limit of attempts unless given: giving up leaves a paid job behind.
local function exponential(given)
  local options = options_of("exponential", given, known)
  local initial = number_of("exponential", "initial", options.initial or 1000, 0)
  local factor = number_of("exponential", "factor", options.factor or 1.5, 1)
  local max = number_of("exponential", "max", options.max or 10000, 0)
  local limit = options.maxAttempts and number_of("exponential", "maxAttempts", options.maxAttempts, 1) or math.huge
  local jitter = jitters[options.jitter or "none"]
  if not jitter then
    core.fail {
      code = "INVALID_OPTIONS",
      message = "jitter of policy.exponential is none, full, equal or decorrelated, not " .. tostring(options.jitter),
    }
  end
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

local learnable = {
  lookCost = true, delayCost = true, min = true, max = true, interval = true, budget = true, file = true,
}

local function file_of(file)
  if file == nil or file == false or type(file) == "string" and file ~= "" and not file:find("\0") then return file end
  core.fail {
    code = "INVALID_OPTIONS",
    message = "file of policy.learned is a path, or false to keep nothing, not " .. tostring(file),
  }
end

-- When to look is worked out from how long jobs of the same model took; the arithmetic is in Sources/PollingModel.
--
--   option      unless given   is
--   lookCost    0.01           the cost of a look
--   delayCost   1              the cost of a second that a finished job is not known to be, in the same unit
--   min, max    250, 30000     bounds of a delay, ms
--   interval    1500           the delay while fewer than 20 jobs of the model have been seen to complete, ms
--   budget      none           requests a second that all jobs under this policy share
--   file        the run's own  where durations are kept; false keeps none
--
-- It leaves in `poll` what there is to say: poll.eta = { from, to } (four jobs of five take between these, ms) and
-- poll.stuck (fewer than one in a hundred takes so long).
local function learned(given)
  local options = options_of("learned", given, learnable)
  local function option(name, default, least)
    local value = options[name]
    if value == nil then value = default end
    return value and number_of("learned", name, value, least)
  end
  local min, max = option("min", 250, 1), option("max", 30000, 1)
  if min > max then
    core.fail {
      code = "INVALID_OPTIONS", message = ("min of policy.learned, %g, is more than max, %g"):format(min, max),
    }
  end
  local number = host.learned(
    option("lookCost", 0.01, 1e-9), option("delayCost", 1, 1e-9), min, max, option("interval", 1500, 1),
    option("budget", nil, 0.001), file_of(options.file))

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

return core.namespace { fixed = fixed, exponential = exponential, learned = learned }
