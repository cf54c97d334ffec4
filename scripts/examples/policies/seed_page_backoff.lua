-- The back-off of Decart's page about queue.status: a look after 1 s, then after half as much again each time, at most
-- every 10 s; it gives up after thirty looks, which is after 260.8 s.
local decart = require("decart")

return decart.policy.exponential({ initial = 1000, factor = 1.5, max = 10000, maxAttempts = 30 })
