-- Makes random programs out of everything that scripts see: the functions of decart, which it reads from the types
-- that
-- `decart-lua types` prints, and those of Lua's own libraries. The same seed gives the same program.
local generator = {}

-- What there is to call: { path = "decart.sleep" or "Task:await", parameters = { { name, type } }, gives = type }
local functions = {}
-- By class: its fields, as { name, type }; those whose objects have functions are `isObject`.
local classes = {}

-- What the sandbox takes away or answers otherwise, and what is another thing each time; whole libraries with a dot.
local not_alike = {
  ["debug."] = true, ["package."] = true, ["string.dump"] = true, getmetatable = true, collectgarbage = true,
  ["os.clock"] = true, ["os.time"] = true, ["os.date"] = true, ["os.getenv"] = true, ["decart.env"] = true,
  next = true, pairs = true, ["math.random"] = true, ["math.randomseed"] = true, ["io.popen"] = true,
  ["os.execute"] = true, ["decart.exec"] = true, ["decart.fetch"] = true, ["decart.uuid"] = true,
  ["decart.spend"] = true, print = true, ["io.write"] = true, ["File:write"] = true, ["decart.prices"] = true,
  ["Tokens.create"] = true, ["Client.tokens"] = true, ["Queue.enqueue"] = true,
  ["decart.createDecartClient"] = true, ["io.tmpfile"] = true, loadfile = true, dofile = true, require = true,
  warn = true, ["decart.displayVideo"] = true, ["decart.readLine"] = true, ["File:read"] = true,
}
local is_alike = false

local function is_left_out(path)
  local library = path:match("^(%l+%.)")
  return is_alike and (not_alike[path] or library and not_alike[library] or path:find("^decart%.policy") ~= nil)
end

-- The type at the beginning of a line's rest, up to a blank that is not inside of it.
local function type_at(text)
  if text:find("^fun%(") then return "function" end
  local depth, quoted = 0, false
  for at = 1, #text do
    local c = text:sub(at, at)
    if c == '"' then quoted = not quoted
    elseif c == "(" or c == "[" then depth = depth + 1
    elseif c == ")" or c == "]" then depth = depth - 1
    elseif c == " " and depth == 0 and not quoted then return text:sub(1, at - 1) end
  end
  return text
end

local function read_types(path)
  local class, parameters, gives
  for line in io.lines(path) do
    local name = line:match("^%-%-%-@class decart%.([%w_.]+)") or line:match("^%-%-%-@class (decart)$")
    local field, rest = line:match("^%-%-%-@field (%S+) (.+)$")
    local parameter, kind = line:match("^%-%-%-@param (%S+) (.+)$")
    local result = line:match("^%-%-%-@return (.+)$")
    local called = line:match("^function (%S+)%(")
    if name then
      class = { name = name, fields = {} }
      classes[name] = class
    elseif field then
      class.fields[#class.fields + 1] = { name = field:match("[%w_]+"), type = type_at(rest) }
    elseif parameter then
      parameters = parameters or {}
      parameters[#parameters + 1] = { name = parameter:match("^[%w_.]+"), type = type_at(kind) }
    elseif result then
      gives = gives or type_at(result)
    elseif called then
      if not is_left_out(called) then
        functions[#functions + 1] = { path = called, parameters = parameters or {}, gives = gives }
      end
      if called:find("[.:]") then class.isObject = true end
      parameters, gives = nil, nil
    end
  end
end

-- Lua's own functions, but for those that wait for a person or leave a file elsewhere.
local left_out = { ["debug.debug"] = true, ["os.tmpname"] = true, ["os.exit"] = true }

-- What Lua's own take, a letter for each parameter; the others are given anything.
local kinds = {
  s = "string", i = "integer", n = "number", t = "table", f = "function", b = "boolean", c = "thread", v = "any",
}
local taken = {
  ["string.rep"] = "sis", ["string.sub"] = "sii", ["string.byte"] = "sii", ["string.char"] = "iii",
  ["string.find"] = "ssib",
  ["string.match"] = "ssi", ["string.gmatch"] = "ssi", ["string.gsub"] = "ssfi", ["string.format"] = "svvv",
  ["string.dump"] = "fb", ["string.len"] = "s", ["string.lower"] = "s", ["string.upper"] = "s",
  ["string.reverse"] = "s",
  ["string.pack"] = "svvv", ["string.unpack"] = "ssi", ["string.packsize"] = "s",
  ["table.concat"] = "tsii", ["table.insert"] = "tv", ["table.remove"] = "ti", ["table.sort"] = "tf",
  ["table.move"] = "tiiit",
  ["table.unpack"] = "tii", ["utf8.char"] = "iii", ["utf8.codepoint"] = "sii", ["utf8.len"] = "sii",
  ["utf8.offset"] = "sii",
  ["utf8.codes"] = "s", ["math.random"] = "ii", ["math.tointeger"] = "n", ["math.fmod"] = "nn", ["math.ult"] = "ii",
  ["coroutine.create"] = "f", ["coroutine.wrap"] = "f", ["coroutine.resume"] = "cvv", ["coroutine.close"] = "c",
  ["coroutine.status"] = "c", ["debug.getinfo"] = "is", ["debug.getlocal"] = "ii", ["debug.traceback"] = "csi",
  ["debug.getupvalue"] = "fi", ["debug.setupvalue"] = "fiv", ["debug.upvalueid"] = "fi",
  ["debug.upvaluejoin"] = "fifi",
  ["debug.sethook"] = "fsi", ["debug.setmetatable"] = "vt", ["debug.setlocal"] = "iiv", ["os.date"] = "sn",
  ["os.time"] = "t",
  ["os.difftime"] = "nn", ["os.getenv"] = "s", ["os.rename"] = "ss", ["os.remove"] = "s", ["os.setlocale"] = "ss",
  ["io.open"] = "ss", ["io.lines"] = "ss", ["io.popen"] = "ss", ["io.write"] = "sn", load = "fsst", loadfile = "sst",
  dofile = "s", require = "s", pcall = "fvv", xpcall = "ffv", select = "ivvv", setmetatable = "tt", rawset = "tvv",
  rawget = "tv", next = "tv", tostring = "v", tonumber = "si", error = "vi", collectgarbage = "si", ipairs = "t",
  pairs = "t",
  print = "vv", ["package.searchpath"] = "ss", ["File:read"] = "ss", ["File:lines"] = "s", ["File:seek"] = "si",
  ["File:setvbuf"] = "si", ["File:write"] = "sn",
}

local function parameters_of(path)
  local list = {}
  for letter in (taken[path] or ""):gmatch(".") do list[#list + 1] = { name = letter, type = kinds[letter] } end
  return list
end

local function add_libraries()
  for _, library in ipairs { "_G", "string", "table", "math", "utf8", "coroutine", "debug", "os", "io", "package" } do
    local names = {}
    for name, value in pairs(_G[library]) do
      if type(value) == "function" and not left_out[library .. "." .. name] then names[#names + 1] = name end
    end
    table.sort(names)
    for _, name in ipairs(names) do
      local path = library == "_G" and name or library .. "." .. name
      if not is_left_out(path) then functions[#functions + 1] = { path = path, parameters = parameters_of(path) } end
    end
  end
  for _, name in ipairs { "read", "write", "lines", "seek", "setvbuf", "flush", "close" } do
    local path = "File:" .. name
    if not is_left_out(path) then functions[#functions + 1] = { path = path, parameters = parameters_of(path) } end
  end
end

-- MARK: Chance, which is not Lua's own: a program may change that

local state

local function random(most)
  -- xorshift64*
  state = state ~ (state >> 12)
  state = state ~ (state << 25)
  state = state ~ (state >> 27)
  return (state * 0x2545F4914F6CDD1D >> 33) % most + 1
end

local function chance(percent) return random(100) <= percent end
local function pick(list) return list[random(#list)] end

-- MARK: Values

local numbers = {
  "0", "1", "2", "3", "-1", "5", "10", "50", "100", "255", "300", "0.5", "-0.0", "1e-9", "1/0", "-1/0", "0/0",
  "1e308",
  "2^53", "2^63", "math.maxinteger", "math.mininteger", "1000/3", "'7'", "'0x10'",
}
local times = { "0", "1", "5", "20", "333.3", "0.1", "-1", "0/0", "1/0", "1e308" }
local texts = {
  "''", "'a'", "'a.txt'", "'b.bin'", "'.'", "'hello world'", "'caf\\xe9'", "'\\0'", "'日本'", "'%s%d%q'", "'%'", "'[a'",
  "'(.)(.)'", "'%f[%w]%b()'", "'return 1'", "'return ...'", "'local x <close> = 1'", "'for'", "'*a'", "'n'", "'l'",
  "'r'",
  "'w'", "'a+b'", "'k'", "'count'", "'collect'", "'step'", "'generational'", "'incremental'", "'S'", "'>f'",
  "'nSlutrfL'",
  "'crl'", "'job_1'", "'lucy-pro-t2v'", "'lucy-2.1'", "'http://queue.local/x'", "('x'):rep(300)", "'2h'", "'__index'",
  "'!y'", "'*t'", "'<i8s4z'", "'value'", "'x.lua'", "'decart'", "'true'", "'exit 3'",
}
local models = { "'lucy-pro-t2v'", "'lucy-2.1'" }
local events = {
  "__index", "__newindex", "__call", "__gc", "__close", "__tostring", "__name", "__len", "__eq", "__lt", "__le",
  "__concat",
  "__unm", "__add", "__idiv", "__band", "__pairs", "__mode", "__metatable",
}

local SLOTS = 16
local value, body, typed

local function slot() return ("V[%d]"):format(random(SLOTS)) end

local function list_of(make, most)
  local items = {}
  for index = 1, random(most + 1) - 1 do items[index] = make() end
  return table.concat(items, ", ")
end

local function table_of(depth)
  local items = {}
  for index = 1, random(4) - 1 do
    local key = chance(50) and "" or chance(70) and ("[%s] = "):format(pick(texts)) or "k = "
    items[index] = key .. value(depth + 1)
  end
  local text = "{ " .. table.concat(items, ", ") .. " }"
  if not chance(30) then return text end
  local fields = {}
  for index = 1, random(3) do
    local event = pick(events)
    -- When something is collected depends on how much else there is.
    if is_alike and (event == "__gc" or event == "__mode") then event = "__close" end
    fields[index] = ("%s = %s"):format(event, chance(70) and ("function(...) %s end"):format(body(depth + 1))
      or event == "__mode" and "'k'" or value(depth + 1))
  end
  return ("setmetatable(%s, { %s })"):format(text, table.concat(fields, ", "))
end

local function function_of(depth)
  if depth > 3 or chance(20) then
    return pick { "print", "error", "coroutine.yield", "decart.sleep", "pcall", "tostring", "collectgarbage" }
  end
  return ("function(...) %s end"):format(body(depth + 1))
end

function value(depth)
  local kind = random(100)
  if kind <= 35 then return slot() end
  if kind <= 50 then return pick(numbers) end
  if kind <= 65 then return pick(texts) end
  if kind <= 75 then return depth > 3 and "{}" or table_of(depth) end
  if kind <= 85 then return function_of(depth) end
  if kind <= 89 then return ("coroutine.%s(%s)"):format(pick { "create", "wrap" }, function_of(depth)) end
  return pick(is_alike and { "nil", "true", "false", "...", "client", "client.queue", "document" } or {
    "nil", "true", "false", "...", "_G", "V", "decart", "document", "io.stdout", "io.stdin", "coroutine.running()",
    "debug.getregistry()", "string", "getmetatable('')", "client", "client.queue",
  })
end

-- An expression for an object of that class.
local function object(class)
  if class == "decart" or class == "Document" then return class == "decart" and "decart" or "document" end
  if class == "File" then
    return pick { "io.stdout", "io.stderr", "io.open('a.txt', 'w')", "io.open('a.txt')", "io.popen('true')" }
  end
  if class == "Client" and chance(80) then return "client" end
  if chance(40) then return ("held(%q, %s)"):format(class, slot()) end
  local ways = {}
  for _, other in ipairs(generator.objects) do
    for _, field in ipairs(other.fields) do
      if field.type == "decart." .. class then ways[#ways + 1] = ("%s.%s"):format(other.name, field.name) end
    end
  end
  for _, f in ipairs(functions) do
    if f.gives == "decart." .. class and not f.path:find(":") then ways[#ways + 1] = f end
  end
  local way = #ways > 0 and pick(ways)
  if not way then return slot() end
  if type(way) == "table" then
    local arguments = {}
    for index, parameter in ipairs(way.parameters) do arguments[index] = typed(parameter, 3) end
    local owner = way.path:match("^(%u%w*)%.")
    local path = owner and object(owner) .. way.path:sub(#owner + 1) or way.path
    return ("made(function(...) return %s(%s) end, ...)"):format(path, table.concat(arguments, ", "))
  end
  local owner, field = way:match("^(.+)%.(.-)$")
  return ("field(%s, %q)"):format(object(owner), field)
end

-- A value as the row wants it, most of the time.
function typed(parameter, depth)
  local kind = parameter.type
  if chance(20) then return value(depth) end
  if kind:find('^"') then
    local words = {}
    for word in kind:gmatch('"([^"]*)"') do words[#words + 1] = ("%q"):format(word) end
    return pick(words)
  end
  if kind:find("|", 1, true) and not kind:find("^%(") then
    local choices = {}
    for choice in kind:gmatch("[^|]+") do choices[#choices + 1] = choice end
    kind = pick(choices)
  end
  local item = kind:match("^%(?(.-)%)?%[%]$")
  if item then
    local first = { name = parameter.name, type = item }
    return ("{ %s }"):format(list_of(function() return typed(first, depth + 1) end, 3))
  end
  kind = kind:gsub("%?$", "")
  local class = kind:match("^decart%.(.+)$")
  if kind == "string" and parameter.name == "id" then return "job" end
  if kind == "string" and parameter.name == "name" and chance(50) then return pick(models) end
  if kind == "table" then return chance(50) and slot() or table_of(depth) end
  if kind == "thread" then return chance(50) and slot() or ("coroutine.create(%s)"):format(function_of(depth)) end
  if kind == "number" or kind == "integer" then return pick(kind == "number" and times or numbers) end
  if kind == "string" then return pick(texts) end
  if kind == "boolean" then return pick { "true", "false" } end
  if kind == "function" then return function_of(depth) end
  if class and classes[class] and classes[class].isObject then return object(class) end
  if class and classes[class] and depth < 4 then
    local fields = {}
    for _, field in ipairs(classes[class].fields) do
      if chance(field.name == "model" and 90 or 35) then
        local given = field.name == "model" and chance(80) and pick(models) or typed(field, depth + 1)
        fields[#fields + 1] = ("[%q] = %s"):format(field.name, given)
      end
    end
    return ("{ %s }"):format(table.concat(fields, ", "))
  end
  return value(depth)
end

-- MARK: Statements

local function call(depth)
  local f = pick(functions)
  local owner, mark, name = f.path:match("^(%u%w*)([.:])(.+)$")
  local arguments = {}
  if f.parameters[1] and chance(85) then
    for index, parameter in ipairs(f.parameters) do
      if chance(95) then arguments[index] = typed(parameter, depth + 1) else break end
    end
  else
    for index = 1, random(4) - 1 do arguments[index] = value(depth + 1) end
  end
  local place = random(SLOTS)
  if owner then
    local receiver = object(owner)
    return ("method(%s)"):format(
      table.concat({ place, ("%q"):format(mark), receiver, ("%q"):format(name), table.unpack(arguments) }, ", "))
  end
  return ("call(%s)"):format(table.concat({ place, f.path, table.unpack(arguments) }, ", "))
end

-- Each mark in a template stands for something random: @ a slot's number, $ a value, # a small number, & a function,
-- ~ statements, ! a slot, ^ a table, * up to three values, of which there is at least one.
local function fill(template, depth)
  return (template:gsub("[@$#&~!^*]", function(mark)
    if mark == "@" then return tostring(random(SLOTS)) end
    if mark == "$" then return value(depth) end
    if mark == "#" then return tostring(random(6)) end
    if mark == "&" then return function_of(depth) end
    if mark == "~" then return body(depth + 1) end
    if mark == "!" then return slot() end
    if mark == "^" then return table_of(depth) end
    return value(depth) .. (chance(60) and ", " .. value(depth) or "") .. (chance(30) and ", " .. value(depth) or "")
  end))
end

-- What mistreats Lua's insides.
local attacks = {
  "call(@, debug.setupvalue, $, #, $)", "call(@, debug.upvaluejoin, $, 1, $, 1)", "call(@, debug.setlocal, #, #, $)",
  "call(@, debug.setlocal, coroutine.running(), #, #, $)", "call(@, debug.setmetatable, $, ^)",
  "call(@, debug.setmetatable, $, $)", "call(@, debug.setuservalue, $, $, #)", "debug.sethook()",
  "call(@, debug.sethook, &, 'crl', 1)", "call(@, debug.sethook, &, '', 7)", "call(@, debug.sethook, !, &, 'c')",
  "V[@] = debug.getmetatable($)", "call(@, load, string.dump(&), 'x', 'bt')", "call(@, getmetatable, $)",
  "for k, v in next, debug.getregistry() do call(@, v, k) call(@, rawset, V, k, v) break end",
  "for k, v in next, debug.getmetatable(io.stdout) do call(@, v, $) end", "call(@, debug.getinfo, $, 'f')",
  "call(@, debug.upvalueid, &, #)", "call(@, debug.getlocal, $, #, #)", "call(@, debug.setcstacklimit, #)",
}

-- By how many of a hundred statements they are up to; what has statements in it, only where that does not go too
-- deep.
local shallow = {
  { 60, "! = $" }, { 64, "call(@, coroutine.close, !)" }, { 68, "call(@, *)" }, { 72, "call(@, pcall, *)" },
  { 75, "call(@, xpcall, &, *)" }, { 78, "! = decart.spawn(&)" }, { 80, "setTimeout(&, #)" },
  { 82, "setInterval(&, 100)" },
  { 85, "![$] = $" }, { 87, "! = ! .. $" }, { 89, "! = ! + $" }, { 90, "! = ! < $" }, { 91, "collectgarbage()" },
  { 92, "error($, 0)" }, { 95, "call(@, coroutine.wrap(&), *)" }, { 98, "call(@, coroutine.resume, !, *)" },
  { 100, "call(@, setmetatable, !, ^)" },
}
local deep = {
  "do local c <close> = closing(&) ~ end", "do local c <close> = ! ~ end", "if $ then ~ else ~ end",
  "for i = 1, # do ~ end", "for a, b in $ do if spent(20) then break end ~ end",
  "for a, b in pairs($) do if spent(20) then break end ~ end",
}

local function statement(depth)
  local kind = random(100)
  if kind <= 45 then return call(depth) end
  if kind <= 52 and not is_alike then return fill(pick(attacks), depth) end
  if depth <= 2 and chance(25) then return fill(pick(deep), depth) end
  for _, row in ipairs(shallow) do
    if kind <= row[1] then return fill(row[2], depth) end
  end
end

function body(depth)
  local lines = {}
  for index = 1, random(depth == 0 and 25 or 3) do lines[index] = statement(depth) end
  local text = table.concat(lines, "; ")
  if depth > 0 and chance(40) then
    local results = list_of(function() return value(depth + 1) end, 2)
    text = text .. "; return " .. results
  end
  return text
end

-- MARK: Programs

-- `alike`: only what is to do the same wherever it runs.
function generator.open(types, alike)
  is_alike = alike
  read_types(types)
  add_libraries()
  generator.objects = {}
  for _, class in pairs(classes) do
    if class.isObject then generator.objects[#generator.objects + 1] = class end
  end
  table.sort(generator.objects, function(a, b) return a.name < b.name end)
end

-- The program of that number. It gets its helpers, see `support.lua`, as arguments.
function generator.program(seed)
  state = seed * 0x9E3779B97F4A7C15 ~ 0x1234567
  for _ = 1, 4 do random(2) end
  local lines = { "local decart, client, job, V, call, method, held, made, field, closing, spent = ..." }
  for _ = 1, random(60) + 3 do lines[#lines + 1] = statement(0) end
  return table.concat(lines, "\n") .. "\n"
end

return generator
