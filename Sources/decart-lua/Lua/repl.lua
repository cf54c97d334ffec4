-- The prompt: reads a chunk, runs it as a task of its own, shows what it returns. Other tasks go on meanwhile.
local core, host = ...
local decart = core.decart

local function prompt(first)
  local text = _G[first and "_PROMPT" or "_PROMPT2"]
  if text == nil then return first and "> " or ">> " end
  return tostring(text)
end

local function incomplete(message)
  return type(message) == "string" and message:sub(-5) == "<eof>"
end

-- A whole chunk, or nil at the end of the input; a chunk that does not compile comes as nil and its message.
local function read_chunk()
  local text = host.prompt(prompt(true))
  if text == nil then return nil end
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
    local line = host.prompt(prompt(false))
    if line == nil then return false, message end
    text = text .. "\n" .. line
  end
  host.remember(text)
  return chunk
end

local function say(message)
  io.stderr:write(message, "\n")
  io.stderr:flush()
end

-- The traceback's lines that are the user's.
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

local function show(ok, ...)
  if not ok then return say((...)) end
  if select("#", ...) == 0 then return end
  local printed, message = pcall(print, ...)
  if not printed then say(("error calling 'print' (%s)"):format(tostring(message))) end
end

return function()
  while true do
    local chunk, message = read_chunk()
    if chunk == nil then
      io.stdout:write("\n")
      return
    elseif chunk then
      local task = decart.spawn(function() return xpcall(chunk, explain) end)
      host.evaluating(function() task:cancel("interrupted") end)
      local results = table.pack(pcall(task.await, task))
      host.evaluating(nil)
      if results[1] then
        show(table.unpack(results, 2, results.n))
      else
        say(tostring(results[2]))
      end
    else
      say(message)
    end
  end
end
