-- The prompt: reads a chunk, runs it as a task of its own, shows what it returns. Other tasks go on meanwhile.
local core, host, inspect = ...
local decart = core.decart

local function prompt(first)
  local text = _G[first and "_PROMPT" or "_PROMPT2"]
  if text == nil then return first and "> " or ">> " end
  return tostring(text)
end

local function incomplete(message)
  return type(message) == "string" and message:sub(-5) == "<eof>"
end

-- A whole chunk; nil at the end of the input; false for one that Ctrl-C cleared, false and the message for one that
-- does not compile.
local function read_chunk()
  local text = host.prompt(prompt(true), false)
  if not text then return text end
  if text:sub(1, 1) == "=" then text = "return " .. text:sub(2) end
  local chunk = load("return " .. text, "=stdin")
  while not chunk do
    local message
    chunk, message = load(text, "=stdin")
    if chunk then break end
    if not incomplete(message) then
      host.remember(text)
      return false, message
    end
    local line = host.prompt(prompt(false), true)
    if line == nil then return false, message end
    if not line then return false end
    text = text .. "\n" .. line
  end
  host.remember(text)
  return chunk
end

local function say(message)
  io.stderr:write(message, "\n")
  io.stderr:flush()
end

-- The lines of the traceback that belong to the user's code.
local function explain(e)
  local message = type(e) == "string" and e
  if not message then
    local mt = getmetatable(e)
    message = type(mt) == "table" and mt.__tostring and tostring(e) or ("(error object is a %s value)"):format(type(e))
    if type(e) == "table" and rawget(e, "where") then message = e.where .. ": " .. message end
  end
  local lines = {}
  for line in debug.traceback("", 2):gmatch("\n\t([^\n]+)") do
    if not line:find("[decart-lua]", 1, true) and not line:find("[C]", 1, true) then
      lines[#lines + 1] = "\n\t" .. line
    end
  end
  if #lines == 0 then return message end
  return message .. "\nstack traceback:" .. table.concat(lines)
end

-- What a script puts in place of `print` is given the values themselves.
local plain_print = print

local function show(ok, ...)
  if not ok then return say((...)) end
  if select("#", ...) == 0 then return end
  local values = table.pack(...)
  if print == plain_print then
    for i = 1, values.n do
      local done, text = pcall(inspect, values[i])
      if done then values[i] = text end
    end
  end
  local printed, message = pcall(print, table.unpack(values, 1, values.n))
  if not printed then say(("error calling 'print' (%s)"):format(tostring(message))) end
end

-- What is being evaluated.
local evaluating

host.stopper(function()
  if evaluating then evaluating:cancel("interrupted") end
end)

-- help(x): the reference on a function, a namespace, an object or a name.
local function help(x)
  if x == nil then return io.write(host.help()) end
  local name = core.names[x] or x
  if type(x) == "userdata" or (type(name) == "table" and type(debug.getmetatable(x)) == "table") then
    local mt = debug.getmetatable(x)
    name = mt and mt.__name
  end
  if type(name) ~= "string" then
    core.raise(("help has nothing on a %s of your own; pass it something that decart has, or a name"):format(type(x)))
  end
  io.write(host.help(name))
end

return function()
  if rawget(_G, "help") == nil then rawset(_G, "help", help) end
  while true do
    local chunk, message = read_chunk()
    if chunk == nil then
      io.stdout:write("\n")
      return
    elseif chunk then
      local task = decart.spawn(function() return xpcall(chunk, explain) end)
      evaluating = task
      host.evaluating(true)
      local results = table.pack(pcall(task.await, task))
      host.evaluating(false)
      evaluating = nil
      if results[1] then
        show(table.unpack(results, 2, results.n))
      else
        say(tostring(results[2]))
      end
    elseif message then
      say(message)
    end
  end
end
