-- The back-off of Decart's page about queue.status: a poll after 1 s, then after half as long again each time, up to
-- 10 s. It gives up after thirty polls, which is after 260.8 s.
local decart = require("decart")

return decart.policy.exponential({ initial = 1000, factor = 1.5, max = 10000, maxAttempts = 30 })
