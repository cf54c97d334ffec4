-- What random programs are given, and how they are run. All that it uses is taken before the first of them runs.
local decart = require("decart")
local pcall, type, select, next, rawset, rawget, rawequal, load, tostring, setmetatable, getmetatable =
  pcall, type, select, next, rawset, rawget, rawequal, load, tostring, setmetatable, getmetatable
local find, sub, format, exit, open, pack, unpack, concat =
  string.find, string.sub, string.format, os.exit, io.open, table.pack, table.unpack, table.concat
local file_write, file_close, file_flush = io.stdout.write, io.stdout.close, io.stdout.flush
-- A sandbox has no more of debug than what reads.
local get_metatable = debug.getmetatable or getmetatable
local set_metatable, set_hook = debug.setmetatable or function() end, debug.sethook or function() end
local spawn, timeout, set_timer, clear_timer = decart.spawn, decart.timeout, setTimeout, clearTimeout

local support = {}

-- Nothing outside the folder that it runs in is any of a program's business.
local function tamed(value)
  if type(value) == "string" and (find(value, "/", 1, true) or find(value, "..", 1, true)) then return "a.txt" end
  if type(value) == "table" and rawequal(get_metatable(value), nil) then
    for key, item in next, value do
      if type(item) == "string" and find(item, "/", 1, true) and not find(item, "^http://") then
        rawset(value, key, "a.txt")
      end
    end
  end
  return value
end

-- Where what came of each call is told, if it is.
local transcript

local function shown(value)
  local kind = type(value)
  if kind == "string" then return format("%q", #value > 200 and sub(value, 1, 200) or value) end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  if kind == "table" and type(rawget(value, "code")) == "string" then
    return "error " .. rawget(value, "code") .. ": " .. shown(rawget(value, "message"))
  end
  return kind
end

local function tell(ok, ...)
  if not transcript then return end
  local words = { ok and "ok" or "failed" }
  for index = 1, select("#", ...) do words[index + 1] = shown((select(index, ...))) end
  file_write(transcript, concat(words, "\t"), "\n")
end

local function keep(V, place, ok, ...)
  tell(ok, ...)
  if not ok then
    V[place] = (...)
    return
  end
  for index = 1, select("#", ...) do V[(place + index - 2) % 16 + 1] = (select(index, ...)) end
end

local function helpers(job)
  local V, steps = {}, 0
  -- Whether a program has done so much that it is enough.
  local function spent(by)
    steps = steps + (by or 1)
    return steps > 3000
  end
  local function call(place, f, ...)
    if spent() then return end
    local given = pack(...)
    for index = 1, given.n do given[index] = tamed(given[index]) end
    keep(V, place, pcall(f, unpack(given, 1, given.n)))
  end
  local function method(place, mark, receiver, name, ...)
    local ok, f = pcall(function() return receiver[name] end)
    if not ok then return end
    if mark == ":" then call(place, f, receiver, ...) else call(place, f, ...) end
  end
  -- Of an object of that class, where there is one.
  local function held(class, otherwise)
    for index = 1, 16 do
      local meta = get_metatable(V[index])
      local name = type(meta) == "table" and rawget(meta, "__name")
      if type(name) == "string" and name:lower() == class:lower() then return V[index] end
    end
    return otherwise
  end
  local function made(f, ...)
    if spent() then return nil end
    local _, object = pcall(f, ...)
    return object
  end
  local function field(owner, name)
    local ok, found = pcall(function() return owner[name] end)
    return ok and found or nil
  end
  local function closing(f)
    return setmetatable({}, { __close = f })
  end
  local _, client = pcall(decart.createDecartClient)
  return decart, client, job, V, call, method, held, made, field, closing, spent
end

-- What programs have in common, as it is now, to be put back after each.
local function snapshot()
  local tables, metatables = {}, {}
  local shared = { _G, package.loaded, package, string, table, math, utf8, coroutine, debug, os, io,
  getmetatable("") }
  for index, t in next, shared do
    local copy = {}
    for key, value in next, t do copy[key] = value end
    tables[index] = { t, copy }
  end
  local samples = { pack(nil), pack(true), pack(1), pack(""), pack(print), pack(coroutine.create(print)) }
  for index, sample in next, samples do metatables[index] = { sample, get_metatable(sample[1]) } end
  return function()
    set_hook()
    for _, pair in next, metatables do set_metatable(pair[1][1], pair[2]) end
    for _, pair in next, tables do
      set_metatable(pair[1], nil)
      for key in next, pair[1] do
        if pair[2][key] == nil then rawset(pair[1], key, nil) end
      end
      for key, value in next, pair[2] do rawset(pair[1], key, value) end
    end
  end
end

function support.run(programs, first, last, progress, told)
  arg = nil -- luacheck: ignore
  if told then transcript = open(told, "w") end
  local restore = snapshot()
  local job = decart.createDecartClient().queue.submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
  local await = spawn(function() end).await
  local cancel = spawn(function() end).cancel
  local function noted(text)
    local file = open(progress, "w")
    file_write(file, text)
    file_close(file)
  end
  local function run(seed)
    local timer = set_timer(print, 1e9)
    clear_timer(timer)
    local chunk = load(programs[seed], "=program " .. tostring(seed))
    if chunk then
      local task = spawn(timeout, 2000, chunk, helpers(job))
      pcall(await, task)
      cancel(task)
    end
    local now = set_timer(print, 1e9)
    for id = timer, now do clear_timer(id) end
  end
  for seed = first, last do
    noted(tostring(seed))
    if transcript then
      file_write(transcript, "== program ", tostring(seed), "\n")
      file_flush(transcript)
    end
    pcall(run, seed)
    pcall(restore)
  end
  noted("done")
  exit(0, true)
end

return support
