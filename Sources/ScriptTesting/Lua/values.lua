-- Values compared and shown.
local type, tostring, rawequal, rawget, rawlen, next = type, tostring, rawequal, rawget, rawlen, next
local table, math = table, math

-- Whether two values are the same, so far as that can be said without looking into tables; nil for two of those.
local function same_outside(a, b)
  if rawequal(a, b) then return true end
  if type(a) == "table" and type(b) == "table" then return nil end
  return a == b
end

-- The keys that lead to where two values first differ; nil if they are the same all the way down, by the tables' own
-- fields: what a metatable returns for them does not count. A table that holds itself is the same as one that does so
-- likewise. Tables may be nested as deep as memory allows: this does not call itself.
local function find_difference(a, b, keys_of_both)
  local verdict = same_outside(a, b)
  if verdict ~= nil then return not verdict and {} or nil end
  -- What each table was compared with: nearly always one other, so the first of them needs no table of its own.
  local first_seen, also_seen = { [a] = b }, {}
  -- One list for each part of a level: a table for each level would cost more than all the rest.
  local ones, others, keys, ats, depth = { a }, { b }, { keys_of_both(a, b) }, { 0 }, 1
  while depth > 0 do
    local at = ats[depth] + 1
    ats[depth] = at
    local key = keys[depth][at]
    if key == nil then
      ones[depth], others[depth], keys[depth], ats[depth] = nil, nil, nil, nil
      depth = depth - 1
    else
      local one, other = rawget(ones[depth], key), rawget(others[depth], key)
      verdict = same_outside(one, other)
      if verdict == false then
        local path = {}
        for index = 1, depth do path[index] = keys[index][ats[index]] end
        return path
      end
      local first = verdict == nil and first_seen[one]
      if verdict == nil and not rawequal(first, other) and not (also_seen[one] and also_seen[one][other]) then
        if first == nil then
          first_seen[one] = other
        else
          also_seen[one] = also_seen[one] or {}
          also_seen[one][other] = true
        end
        depth = depth + 1
        ones[depth], others[depth], keys[depth], ats[depth] = one, other, keys_of_both(one, other), 0
      end
    end
  end
end

-- The keys of two tables that have one and the same; nil for others.
local function only_key(a, b)
  local key = next(a)
  if key ~= nil and next(a, key) == nil and rawequal(next(b), key) and next(b, key) == nil then return { key } end
end

local function all_keys(a, b)
  local keys = only_key(a, b)
  if keys then return keys end
  keys = {}
  for key in next, a do keys[#keys + 1] = key end
  for key in next, b do
    if rawequal(rawget(a, key), nil) then keys[#keys + 1] = key end
  end
  return keys
end

local function same(a, b)
  return find_difference(a, b, all_keys) == nil
end

local function is_nan(value)
  return math.type(value) == "float" and value ~= value
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
  if is_nan(value) then return "NaN" end
  return tostring(value)
end

-- A table's keys, those of its list first, then by kind and name.
local function keys_of(t)
  local list, names, rest = {}, {}, {}
  for key in next, t do
    if math.type(key) == "integer" and key >= 1 and key <= rawlen(t) then
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
      local name = math.type(key) == "integer" and key >= 1 and key <= rawlen(value) and ""
        or (is_name(key) and key or "[" .. shown(key) .. "]") .. " = "
      lay_out(lines, rawget(value, key), indent + 1, name, ",", leads and mark or nil, depth + 1, above)
    end
  end
  above[value] = nil
  lines[#lines + 1] = (inside and "  " or plain) .. ("  "):rep(indent) .. "}" .. suffix
end

-- In the order in which people look for them.
local function sorted_keys(a, b)
  local keys = only_key(a, b)
  if keys then return keys end
  keys = keys_of(a)
  for _, key in next, (keys_of(b)) do
    if rawequal(rawget(a, key), nil) then keys[#keys + 1] = key end
  end
  return keys
end

-- Why two values that look alike differ.
local function hint(a, b)
  return is_nan(a) and is_nan(b) and "\nNaN is equal to nothing, not even to itself" or ""
end

local function described(value, mark)
  local lines = {}
  lay_out(lines, value, 0, "", "", mark, 1, {})
  return table.concat(lines, "\n")
end

local function place(path)
  local head, tail = 12, 4
  local text = ""
  for index, key in next, path do
    if #path <= head + tail or index <= head or index > #path - tail then
      text = text .. (is_name(key) and "." .. key or "[" .. shown(key) .. "]")
    elseif index == head + 1 then
      text = text .. (" … (%d keys) … "):format(#path - head - tail)
    end
  end
  return text
end

-- What to say of two values that ought to have been the same.
local function difference(expected, got)
  if type(expected) ~= "table" or type(got) ~= "table" then
    return ("expected: %s\n     got: %s%s"):format(
      (described(expected):gsub("^  ", "")), (described(got):gsub("^  ", "")), hint(expected, got))
  end
  local path = find_difference(expected, got, sorted_keys) or {}
  local one, other = expected, got
  for _, key in next, path do one, other = rawget(one, key), rawget(other, key) end
  return ("they differ first at %s\nexpected:\n%s\ngot:\n%s%s"):format(
    #path > 0 and place(path) or "what they are", described(expected, path), described(got, path), hint(one, other))
end

return { same = same, shown = shown, difference = difference, described = described }
