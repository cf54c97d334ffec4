-- What a script under --sandbox finds changed. None of this is the wall: that is the kernel, and the key is elsewhere.
-- It says which permission is missing, and takes away what a script has no use for but to break out.
-- luacheck: ignore 122
local core, host = ...
-- Taken now: a script may give these names other meanings.
local type, tostring, error, rawequal, pairs, select, tonumber =
  type, tostring, error, rawequal, pairs, select, tonumber
local getmetatable, load = getmetatable, load
local io, os, package, debug, string = io, os, package, debug, string
local decart = core.decart
local permit, permitted, guarded = host.permit, host.permitted, host.guarded

-- Files

local io_open, io_lines, io_input, io_output = io.open, io.lines, io.input, io.output

-- In an error each of these is what it was before. Where the user was asked, what came of that is the answer.
io.open = guarded(function(path, mode)
  if type(path) ~= "string" or mode ~= nil and type(mode) ~= "string" then return end
  return host.open(path, mode or "r")
end, io_open)

-- The file where the user was asked about it; nil for one that Lua opens by its path.
local function asked(path, mode)
  if type(path) ~= "string" then return nil end
  local file, message = host.open(path, mode)
  if message then core.raise(message) end
  return file
end

local function lines(path, ...)
  local file = asked(path, "r")
  if not file then return end
  local next_line = file:lines(...)
  local function passed(first, ...)
    if first == nil then file:close() end
    return first, ...
  end
  return function() return passed(next_line()) end, nil, nil, file
end

local function writes(path)
  if type(path) == "string" then permit("write", path) end
end

local function writes_temporary() permit("write", "/tmp") end

io.lines = guarded(lines, io_lines)
io.input = guarded(function(path)
  local file = asked(path, "r")
  if file then return io_input(file) end
end, io_input)
io.output = guarded(function(path)
  local file = asked(path, "w")
  if file then return io_output(file) end
end, io_output)
io.tmpfile = guarded(writes_temporary, io.tmpfile)
os.tmpname = guarded(writes_temporary, os.tmpname)
os.remove = guarded(writes, os.remove)
os.rename = guarded(function(from, to)
  if type(from) ~= "string" or type(to) ~= "string" then return end
  permit("write", from)
  permit("write", to)
end, os.rename)

-- Programs

local function runs_shell() host.permitProgram() end

io.popen = guarded(runs_shell, io.popen)
os.execute = guarded(runs_shell, os.execute)

local exec = decart.exec

function decart.exec(first, ...)
  local program = first
  if rawequal(first, decart) then program = ... end
  if type(program) == "table" then program = program[1] end
  host.permitProgram(type(program) == "string" and program or nil)
  return exec(first, ...)
end
core.names[decart.exec] = "decart.exec"

-- Variables: what is not allowed is not there.
local os_getenv, env = os.getenv, decart.env

os.getenv = guarded(function(name)
  if type(name) == "string" and os_getenv(name) ~= nil then host.readVariable(name) end
end, os_getenv)

function decart.env(first, ...)
  local name = first
  if rawequal(first, decart) then name = ... end
  if type(name) == "string" then host.readVariable(name) end
  return env(first, ...)
end
core.names[decart.env] = "decart.env"

-- Code

local open = io.open

local function chunk_name(path) return "@" .. path end

-- Lua at a path: the script's own by way of the keeper, other files where they may be read.
local function source_at(path)
  local source, message = host.chunk(path)
  if source or message then return source, message end
  -- None of those, but one that may be read.
  local file, failed = open(path, "rb")
  if not file then return nil, "cannot open " .. failed end
  source, failed = file:read("a")
  file:close()
  if not source then return nil, "cannot read " .. failed end
  return source
end

-- As Lua skips it: a mark of UTF-8, and a first line that begins with #.
local function without_first_line(source)
  source = source:gsub("^\xEF\xBB\xBF", "")
  return (source:gsub("^#[^\n]*", ""))
end

local loadfile_own = loadfile

function loadfile(path, mode, ...) -- luacheck: ignore
  if path == nil then return loadfile_own(nil, mode, ...) end
  if type(path) == "number" then path = tostring(path) end
  if type(path) ~= "string" then return loadfile_own(path, mode, ...) end
  local source, message = source_at(path)
  if not source then return nil, message end
  return load(without_first_line(source), chunk_name(path), mode or "t", ...)
end

local loadfile_here = loadfile

function dofile(path) -- luacheck: ignore
  local chunk, message = loadfile_here(path)
  if not chunk then error(message, 0) end
  return chunk()
end

-- Modules beside the script; then those on package.path that may be read.
local searchpath = package.searchpath

local function search_lua(name)
  local source, path = host.module(name)
  local tried = path
  if not source then
    local found, looked
    if type(package.path) == "string" then found, looked = searchpath(name, package.path) end
    if tried == "" then tried = looked end
    if not found or not permitted(found) then return tried end
    source, path = source_at(found), found
    if not source then return tried end
  end
  local chunk, message = load(without_first_line(source), chunk_name(path), "t")
  if chunk then return chunk, path end
  error(("error loading module '%s' from file '%s':\n\t%s"):format(name, path, message), 0)
end

package.searchers[2] = search_lua
package.loadlib = nil
if not permitted() then
  package.cpath = ""
  package.searchers[3] = nil
  package.searchers[4] = nil
end
string.dump = nil

-- debug

local getinfo, traceback = debug.getinfo, debug.traceback
for name in pairs(debug) do debug[name] = nil end
debug.traceback = traceback

-- What the script itself has written; nothing of the host's or of C.
function debug.getinfo(...)
  local count = select("#", ...)
  local first, second, third = ...
  local info
  if type(first) == "thread" then
    info = getinfo(first, second, third)
  elseif type(first) == "number" or tonumber(first) then
    info = count > 1 and getinfo(first + 1, second) or getinfo(first + 1)
  else
    info = count > 1 and getinfo(first, second) or getinfo(first)
  end
  if not info then return nil end
  local facts
  if type(first) == "thread" then
    facts = getinfo(first, second, "S")
  elseif type(first) == "number" or tonumber(first) then
    facts = getinfo(first + 1, "S")
  else
    facts = getinfo(first, "S")
  end
  if facts.what == "C" or facts.source:sub(1, 13) == "=[decart-lua]" then return nil end
  return info
end

-- Metatables that all of the program shares are shown as copies.
function _G.getmetatable(value)
  local shared = getmetatable(value)
  local kind = type(value)
  if type(shared) ~= "table" or kind ~= "userdata" and kind ~= "string" then return shared end
  local copy = {}
  for key, member in pairs(shared) do copy[key] = member end
  return copy
end
