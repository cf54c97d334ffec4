-- decart.test: the queue, the output and the script of a test.
local core, host, folder = ...
-- Taken now: a script may give these names other meanings.
local type, tostring, tonumber, error, select, ipairs = type, tostring, tonumber, error, select, ipairs
local pcall, io, math, table, setmetatable, plain_dofile, plain_loadfile =
  pcall, io, math, table, setmetatable, dofile, loadfile

-- What was printed

local printed = {}

local function put(...)
  for index = 1, select("#", ...) do
    local value = select(index, ...)
    if type(value) ~= "string" and type(value) ~= "number" then
      core.raise(("bad argument #%d to 'write' (string expected, got %s)"):format(index, type(value)))
    end
    -- As io.write does: a float without the ".0" that tostring gives it.
    printed[#printed + 1] = math.type(value) == "float" and ("%.14g"):format(value) or tostring(value)
  end
end

function print(...) -- luacheck: ignore
  for index = 1, select("#", ...) do
    if index > 1 then printed[#printed + 1] = "\t" end
    printed[#printed + 1] = tostring((select(index, ...)))
  end
  printed[#printed + 1] = "\n"
end

local stdout, plain_write = io.stdout, io.write
local methods = debug.getmetatable(stdout).__index
local plain_method = methods.write

function methods.write(file, ...)
  if file ~= stdout then return plain_method(file, ...) end
  put(...)
  return file
end

function io.write(...) -- luacheck: ignore
  if io.output() ~= stdout then return plain_write(...) end
  put(...)
  return stdout
end

local function output()
  return table.concat(printed)
end

local function lines()
  local list, text = {}, output()
  for line in text:gmatch("([^\n]*)\n") do list[#list + 1] = line end
  local rest = text:match("[^\n]+$")
  if rest then list[#list + 1] = rest end
  return list
end

-- Files are looked for in the test's folder first, so that it does not matter where it is run from.

if folder ~= "" then package.path = folder .. "?.lua;" .. folder .. "?/init.lua;" .. package.path end

local function find(path)
  if type(path) ~= "string" or path:sub(1, 1) == "/" then return path end
  local file = io.open(folder .. path)
  if not file then return path end
  file:close()
  return folder .. path
end

function loadfile(path, ...) -- luacheck: ignore
  return plain_loadfile(find(path), ...)
end

function dofile(path) -- luacheck: ignore
  return plain_dofile(find(path))
end

-- The queue

local queue_methods = {}
local queue_mt = { __index = queue_methods, __name = "queue" }

function queue_methods.jobs() return host.jobs() end

function queue_methods.ids()
  local ids = {}
  for index, job in ipairs(host.jobs()) do ids[index] = job.job_id end
  return ids
end

function queue_methods.requests(_, id)
  local list = {}
  for _, request in ipairs(host.requests()) do
    if id == nil or request.job_id == id then list[#list + 1] = request end
  end
  return list
end

function queue_methods.looks(_, id)
  local times = {}
  for _, request in ipairs(host.requests()) do
    if request.call == "status" and (id == nil or request.job_id == id) then times[#times + 1] = request.time end
  end
  return times
end

local function queue(timetables)
  host.plan(timetables)
  return setmetatable({}, queue_mt)
end

-- The script

-- What `os.exit` raises in a test's own code: a test ends by its own end, and the process with the last test.
local exit_mt = { __name = "exit" }

function exit_mt.__tostring(exit)
  return ("os.exit(%d) was called by the test itself"):format(exit.status)
end

local function exit_status(code)
  if code == nil or code == true then return 0 end
  if code == false then return 1 end
  local status = math.tointeger(tonumber(code))
  if not status then core.bad_argument(1, "exit", "number", type(code)) end
  return status & 0xFF
end

os.exit = function(code) -- luacheck: ignore
  local status = exit_status(code)
  -- Within a script under test this does not return: none of the script's code runs any more.
  host.exitScript(status)
  error(setmetatable({ status = status }, exit_mt), 0)
end

-- Runs it to its end, as the command would, and returns its exit status.
local function script(path, ...)
  core.check(1, "script", "string", path)
  local file = find(path)
  local chunk, message = plain_loadfile(file)
  if not chunk then error(message, 0) end
  arg = { [0] = file, ... } -- luacheck: ignore
  host.beginScript()
  local ok, e = pcall(core.await, core.spawn(chunk, ...))
  if ok then core.host.settle() end
  local status = host.endScript()
  if status then return status end
  if not ok then error(e, 0) end
  return 0
end

package.loaded["decart.test"] = core.namespace("decart.test", {
  queue = queue,
  script = script,
  settle = function() core.host.settle() end,
  output = output,
  lines = lines,
})

return { output = output, loadfile = plain_loadfile }
