-- decart.policy: ready-made polling policies. A policy is a function from the state of a wait to the milliseconds until
-- the next look, or nil to give up.
local core, host = ...
-- Taken now: a script may give these names other meanings.
local type, pairs, tostring, math, table = type, pairs, tostring, math, table

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
  local last = {}
  return function(poll)
    if poll.attempt >= limit then return nil end
    local delay = backoff(poll.attempt, initial, factor, max)
    local previous = poll.attempt > 0 and last[poll.jobId] or nil
    delay = jitter(delay, host.random(), previous, initial, max)
    if options.jitter == "decorrelated" then last[poll.jobId] = delay end
    return delay
  end
end

return core.namespace { fixed = fixed, exponential = exponential }
