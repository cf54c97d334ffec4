-- Values compared and shown.
local type, tostring, rawequal, pairs, next = type, tostring, rawequal, pairs, next
local table, math = table, math

-- Whether two values are the same all the way down. A table that holds itself is the same as one that does so likewise.
local function same(a, b, seen)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  seen = seen or {}
  seen[a] = seen[a] or {}
  if seen[a][b] then return true end
  seen[a][b] = true
  for key, value in next, a do
    if not same(value, b[key], seen) then return false end
  end
  for key in next, b do
    if a[key] == nil then return false end
  end
  return true
end

local function is_name(key)
  return type(key) == "string" and key:find("^[%a_][%w_]*$") ~= nil
end

local function shown(value)
  if type(value) == "string" then
    local text = #value > 2000 and value:sub(1, 2000) .. "…" or value
    return ('"%s"'):format(text:gsub('[%c"\\]', function(c)
      local known = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }
      return known[c] or ("\\%d"):format(c:byte())
    end))
  end
  if type(value) == "table" and next(value) == nil then return "{}" end
  return tostring(value)
end

-- Keys of a table, those of its list first, then by kind and name.
local function keys_of(t)
  local list, names, rest = {}, {}, {}
  for key in pairs(t) do
    if math.type(key) == "integer" and key >= 1 and key <= #t then
      list[#list + 1] = key
    elseif type(key) == "string" then
      names[#names + 1] = key
    else
      rest[#rest + 1] = key
    end
  end
  table.sort(list)
  table.sort(names)
  table.sort(rest, function(a, b) return tostring(a) < tostring(b) end)
  table.move(names, 1, #names, #list + 1, list)
  return table.move(rest, 1, #rest, #list + 1, list), #list - #names
end

local DEEPEST, LONGEST = 8, 60

-- Lays a value out in lines. `mark` is the path of keys to where two values differ first, where this one leads there.
local function lay_out(lines, value, indent, prefix, suffix, mark, depth, above)
  local sign = mark and #mark < depth and "→ " or "  "
  local function line(text)
    lines[#lines + 1] = sign .. ("  "):rep(indent) .. text
  end
  if type(value) ~= "table" or next(value) == nil or above[value] or depth > DEEPEST then
    local nested = type(value) == "table" and next(value) ~= nil
    local text = nested and above[value] and "<itself>" or nested and "{ … }" or shown(value)
    return line(prefix .. text .. suffix)
  end
  local inside = mark and #mark >= depth
  local plain = sign
  if inside then sign = "  " end
  line(prefix .. "{")
  above[value] = true
  local keys = keys_of(value)
  for index, key in next, keys do
    local leads = mark and inside and rawequal(mark[depth], key)
    if index > LONGEST and not leads then
      if index == LONGEST + 1 then lines[#lines + 1] = "  " .. ("  "):rep(indent + 1) .. "…" end
    else
      local name = math.type(key) == "integer" and key <= #value and ""
        or (is_name(key) and key or "[" .. shown(key) .. "]") .. " = "
      lay_out(lines, value[key], indent + 1, name, ",", leads and mark or nil, depth + 1, above)
    end
  end
  above[value] = nil
  lines[#lines + 1] = (inside and "  " or plain) .. ("  "):rep(indent) .. "}" .. suffix
end

-- The keys that lead to the first difference.
local function first_difference(a, b, path, seen)
  if type(a) ~= "table" or type(b) ~= "table" or seen[a] then return path end
  seen[a] = true
  local all, known = {}, {}
  for _, t in next, { a, b } do
    for _, key in next, (keys_of(t)) do
      if not known[key] then
        known[key] = true
        all[#all + 1] = key
      end
    end
  end
  for _, key in next, all do
    if not same(a[key], b[key]) then
      path[#path + 1] = key
      return first_difference(a[key], b[key], path, seen)
    end
  end
  return path
end

local function described(value, mark)
  local lines = {}
  lay_out(lines, value, 0, "", "", mark, 1, {})
  return table.concat(lines, "\n")
end

local function place(path)
  local text = ""
  for _, key in next, path do
    text = text .. (is_name(key) and "." .. key or "[" .. shown(key) .. "]")
  end
  return text
end

-- What to tell of two values that ought to have been the same.
local function difference(expected, got)
  if type(expected) ~= "table" or type(got) ~= "table" then
    return ("expected: %s\n     got: %s"):format(
      (described(expected):gsub("^  ", "")), (described(got):gsub("^  ", "")))
  end
  local path = first_difference(expected, got, {}, {})
  return ("they differ first at %s\nexpected:\n%s\ngot:\n%s"):format(
    #path > 0 and place(path) or "what they are", described(expected, path), described(got, path))
end

return { same = same, shown = shown, difference = difference, described = described }
