-- For an account that may make so many requests a minute: all waits of a run share one budget. Each look books the next
-- free moment; a 429 halves the rate, quiet time brings it back.
local decart = require("decart")

local PER_MINUTE = 60
local SLOWEST = 60000

local fastest = 60000 / PER_MINUTE
local gap = fastest
local free = 0 -- when the next look may be, on the script's clock

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
