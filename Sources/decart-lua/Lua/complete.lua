-- Completion at the prompt: the names that a word such as "decart.sl" can become. It reads tables without running any
-- metamethod, and follows `__index` only if that is a table. In a string it is the names of models.
local core, host = ...
local list_models = core.decart.models.list
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
    local kind = type(value) == "userdata" and debug.getmetatable(value)
    if kind and type(kind.__name) == "string" then
      for _, name in ipairs(host.members(kind.__name)) do seen[name] = true end
    end
    if type(value) ~= "table" then return end
    for key in next, value do
      if type(key) == "string" and key:match("^[%a_][%w_]*$") then seen[key] = true end
    end
    local mt = debug.getmetatable(value)
    value = mt and rawget(mt, "__index")
  end
end

-- The models whose names begin with that word: of one kind, where the line says which.
local function models(word, before)
  local kind = before:match("models[.:](%a+)%s*%(?%s*[\"']$")
  local known = { video = true, image = true, realtime = true }
  local found, seen = {}, {}
  for _, model in ipairs(list_models({ kind = known[kind] and kind or nil })) do
    if model.name:sub(1, #word) == word and not seen[model.name] then
      seen[model.name] = true
      found[#found + 1] = model.name
    end
  end
  table.sort(found)
  return found
end

return function(word, before)
  if before:find("[\"']$") then return models(word, before) end
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
