-- Completion at the prompt: the names that a word such as "decart.sl" can become. Reads tables without running
-- anybody's metamethods, but for tables as `__index`.
local keywords = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

local function lookup(value, key)
  for _ = 1, 10 do
    if type(value) == "string" then value = string end
    if type(value) ~= "table" then return nil end
    local found = rawget(value, key)
    if found ~= nil then return found end
    local mt = debug.getmetatable(value)
    value = mt and rawget(mt, "__index")
  end
end

local function names_of(value, seen)
  for _ = 1, 10 do
    if type(value) == "string" then value = string end
    if type(value) ~= "table" then return end
    for key in next, value do
      if type(key) == "string" and key:match("^[%a_][%w_]*$") then seen[key] = true end
    end
    local mt = debug.getmetatable(value)
    value = mt and rawget(mt, "__index")
  end
end

return function(word)
  local path, separator, start = word:match("^(.-)([.:]?)([%w_]*)$")
  local value = _G
  if separator ~= "" then
    for part in path:gmatch("[%w_]+") do value = lookup(value, part) end
  end
  local seen = {}
  names_of(value, seen)
  if separator == "" then
    for _, keyword in ipairs(keywords) do seen[keyword] = true end
  end
  local found = {}
  for name in pairs(seen) do
    if name:sub(1, #start) == start then found[#found + 1] = path .. separator .. name end
  end
  table.sort(found)
  return found
end
