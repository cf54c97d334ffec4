-- For an account that may make only so many requests a minute: all waits of a run share one budget. Each poll books the
-- next free moment. A 429 halves the rate, and a quiet period restores it.
local decart = require("decart")

local PER_MINUTE = 60
local SLOWEST = 60000

local fastest = 60000 / PER_MINUTE
local gap = fastest
local free = 0 -- when the next poll may be, on the script's clock

return function(poll)
  local now = decart.now()
  if poll.lastError and poll.lastError.status == 429 then
    gap = math.min(gap * 2, SLOWEST)
  else
    gap = math.max(gap * 0.95, fastest)
  end
  free = math.max(free, now) + gap
  return free - now
end
