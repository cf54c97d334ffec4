-- Makes a run come out the same way every time: chance from a seed, the order of `pairs` from the keys, and under
-- virtual time the time and date from the script's clock.
local core, seed, epoch = ...
-- Taken now: a script may give these names other meanings.
local type, next, rawget, floor = type, next, rawget, math.floor
local getmetatable, sort, move = debug.getmetatable, table.sort, table.move
local plain_pairs, plain_time, plain_date = pairs, os.time, os.date

math.randomseed(seed)

if epoch then
  local now = core.decart.now

  local function present()
    return epoch + floor(now() / 1000)
  end

  os.time = function(...)
    if ... == nil then return present() end
    return plain_time(...)
  end

  os.date = function(format, time)
    return plain_date(format or "%c", time or present())
  end

  os.clock = function()
    return now() / 1000
  end
end

-- Lua's own order of a table's keys depends on a number that is another one in every process.
local function keys_of(t)
  local numbers, strings, rest = {}, {}, {}
  for key in next, t do
    local kind = type(key)
    local list = kind == "number" and numbers or kind == "string" and strings or rest
    list[#list + 1] = key
  end
  sort(numbers)
  sort(strings)
  move(strings, 1, #strings, #numbers + 1, numbers)
  return move(rest, 1, #rest, #numbers + 1, numbers)
end

-- Numbers first, then strings, each in their order, then what has none.
function pairs(...)
  local t = ...
  local mt = getmetatable(t)
  if type(t) ~= "table" or mt and rawget(mt, "__pairs") ~= nil then return plain_pairs(...) end
  local keys, index = keys_of(t), 0
  return function()
    while true do
      index = index + 1
      local key = keys[index]
      if key == nil then return nil end
      local value = rawget(t, key)
      -- A key that was cleared on the way is passed over, as `next` does.
      if value ~= nil then return key, value end
    end
  end, t, nil
end

-- For the parts that are loaded later.
core.standard.pairs = pairs
