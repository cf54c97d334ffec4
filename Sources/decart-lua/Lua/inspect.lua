-- How the prompt shows a value: a table with what is in it, so far as a screen can take it. It calls nothing of the
-- script's but `__tostring`, and leaves that to `print`.
local WIDTH, DEPTH, ITEMS, TEXT, LINES = 76, 4, 40, 200, 200

local next, type, tostring, math, table, rawget = next, type, tostring, math, table, rawget
local getmetatable = debug.getmetatable
local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until
  while]]):gmatch("%a+") do keywords[word] = true end

local function quoted(text)
  local more = #text > TEXT and (" … %d bytes"):format(#text) or ""
  text = text:sub(1, TEXT):gsub('[%c"\\\127]', function(c)
    local known = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }
    return known[c] or ("\\x%02x"):format(c:byte())
  end)
  return '"' .. text .. '"' .. more
end

-- Whether it shows itself.
local function has_form(value)
  local mt = getmetatable(value)
  return type(mt) == "table" and (rawget(mt, "__tostring") ~= nil or rawget(mt, "__name") ~= nil)
end

local function scalar(value)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" and type(value) ~= "userdata" then return tostring(value) end
  -- What it is and where, without asking it.
  local mt = getmetatable(value)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return ("%s: %p"):format(type(name) == "string" and name or type(value), value)
end

local function key_text(key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") and not keywords[key] then return key end
  return "[" .. scalar(key) .. "]"
end

local order = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local left, right = order[type(a)] or 4, order[type(b)] or 4
  if left ~= right then return left < right end
  if left <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

-- A table's other keys, in order; no more than can be shown, and how many there are.
local function named_keys(value, count)
  local keys, total = {}, 0
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= count) then
      total = total + 1
      if total <= 1000 then keys[total] = key end
    end
  end
  -- NaN is no key, so that every two keys have an order.
  table.sort(keys, before)
  return keys, total
end

local show

local function items_of(value, depth, above)
  local count, items = 0, {}
  while rawget(value, count + 1) ~= nil do
    count = count + 1
    if count <= ITEMS then items[count] = show(rawget(value, count), depth + 1, above) end
  end
  local keys, total = named_keys(value, count)
  for _, key in ipairs(keys) do
    if #items >= ITEMS then break end
    items[#items + 1] = key_text(key) .. " = " .. show(rawget(value, key), depth + 1, above)
  end
  local left = count + total - #items
  if left > 0 then items[#items + 1] = ("… %d more"):format(left) end
  return items
end

function show(value, depth, above)
  if type(value) ~= "table" or has_form(value) then return scalar(value) end
  if above[value] then return "<itself>" end
  if next(value) == nil then return "{}" end
  if depth >= DEPTH then return "{ … }" end
  above[value] = true
  local items = items_of(value, depth, above)
  above[value] = nil
  local flat = "{ " .. table.concat(items, ", ") .. " }"
  if #flat + 2 * depth <= WIDTH and not flat:find("\n", 1, true) then return flat end
  local indent = ("  "):rep(depth + 1)
  return "{\n" .. indent .. table.concat(items, ",\n" .. indent) .. ",\n" .. ("  "):rep(depth) .. "}"
end

-- The value itself, unless it is a table that does not show itself.
return function(value)
  if type(value) ~= "table" or has_form(value) then return value end
  local text = show(value, 0, {})
  local _, lines = text:gsub("\n", "\n")
  if lines < LINES then return text end
  local place = 0
  for _ = 1, LINES do place = text:find("\n", place + 1, true) end
  return text:sub(1, place) .. ("… %d more lines"):format(lines - LINES + 1)
end
