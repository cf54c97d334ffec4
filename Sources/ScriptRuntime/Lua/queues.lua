-- Tasks that wait for one another: semaphores and channels.
local core = ...
-- Taken now: a script may give these names other meanings.
local setmetatable, tostring, math = setmetatable, tostring, math
local host, check, raise, bad_argument = core.host, core.check, core.raise, core.bad_argument

-- Queues of tasks that wait: entries from `first` to `last`, with a hole where one has given up.
local function new_queue()
  return { first = 1, last = 0 }
end

local parked_mt = {
  __close = function(entry)
    local queue = entry.queue
    if queue[entry.at] == entry then queue[entry.at] = nil end
  end,
}

-- Suspends until another task wakes this one through `entry`; leaves no trace in the queue if it is cancelled instead.
local function park(queue, entry)
  entry.token, entry.queue, entry.at = host.token(), queue, queue.last + 1
  queue.last = entry.at
  queue[entry.at] = entry
  local parked <close> = setmetatable(entry, parked_mt) -- luacheck: ignore
  host.park()
end

-- Wakes the first of the queue that still waits, and answers its entry; `value` is what it finds there.
-- Values pass between tasks within Lua: through the host they would be copies.
local function wake_first(queue, value)
  while queue.first <= queue.last do
    local entry = queue[queue.first]
    queue[queue.first] = nil
    queue.first = queue.first + 1
    if entry then
      entry.value = value
      if host.unpark(entry.token) then return entry end
    end
  end
end

-- Semaphores

local semaphore = {}
semaphore.__index = semaphore
semaphore.__name = "semaphore"

local function new_semaphore(n)
  if math.type(n) ~= "integer" or n < 0 then bad_argument(1, "semaphore", "integer from 0 up", tostring(n)) end
  return setmetatable({ free = n, waiting = new_queue() }, semaphore)
end

function semaphore:acquire()
  if self.free > 0 then
    self.free = self.free - 1
  else
    park(self.waiting, {})
  end
end

function semaphore:release()
  -- A permit that somebody waits for goes straight to them, so that nobody overtakes.
  if not wake_first(self.waiting) then self.free = self.free + 1 end
end

local permit_mt = { __close = function(permit) permit.semaphore:release() end }

function semaphore:with(fn, ...)
  check(1, "with", "function", fn)
  self:acquire()
  local permit <close> = setmetatable({ semaphore = self }, permit_mt) -- luacheck: ignore
  return (function(...) return ... end)(fn(...))
end

-- Channels

local channel = {}
channel.__index = channel
channel.__name = "channel"

local function new_channel(n)
  if n == nil then n = 0 end
  if math.type(n) ~= "integer" or n < 0 then bad_argument(1, "channel", "integer from 0 up", tostring(n)) end
  return setmetatable({
    room = n, first = 1, last = 0, values = {}, senders = new_queue(), receivers = new_queue(), closed = false,
  }, channel)
end

local function put(self, value)
  self.last = self.last + 1
  self.values[self.last] = value
end

function channel:send(value)
  if value == nil then bad_argument(1, "send", "value other than nil", "nil") end
  if self.closed then raise("the channel is closed") end
  if wake_first(self.receivers, value) then return end
  if self.last - self.first + 1 < self.room then return put(self, value) end
  local entry = { sent = value }
  park(self.senders, entry)
  if not entry.value then raise("the channel was closed before its value was received") end
end

function channel:receive()
  if self.first <= self.last then
    local value = self.values[self.first]
    self.values[self.first] = nil
    self.first = self.first + 1
    local sender = wake_first(self.senders, true)
    if sender then put(self, sender.sent) end
    return value
  end
  local sender = wake_first(self.senders, true)
  if sender then return sender.sent end
  if self.closed then return nil end
  local entry = {}
  park(self.receivers, entry)
  return entry.value
end

function channel:close()
  if self.closed then return end
  self.closed = true
  while wake_first(self.receivers, nil) do end -- luacheck: ignore
  while wake_first(self.senders, false) do end -- luacheck: ignore
end

function channel:iter()
  return function() return self:receive() end
end

core.new_queue, core.park, core.wake_first = new_queue, park, wake_first

core.namespace("decart", { semaphore = new_semaphore, channel = new_channel }, core.decart)
