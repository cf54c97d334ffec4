-- require: Lua's own, but a module may wait while it loads, and a task that asks for it meanwhile waits too.
local core = ...
-- Taken now: a script may give these names other meanings.
local error, rawget, setmetatable, type, tostring, math, table =
  error, rawget, setmetatable, type, tostring, math, table
local host, new_queue, park, wake_first = core.host, core.new_queue, core.park, core.wake_first

local package, searchpath, loadfile = package, package.searchpath, loadfile
local loaded = package.loaded
local loading = {}
-- Which load a task waits for, by the task's token.
local awaited = {}

-- The searcher of Lua files, which loads no bytecode.
function core.search_lua(name)
  if type(package.path) ~= "string" then error("'package.path' must be a string", 0) end
  local file, tried = searchpath(name, package.path)
  if not file then return tried end
  local chunk, message = loadfile(file)
  if chunk then return chunk, file end
  error(("error loading module '%s' from file '%s':\n\t%s"):format(name, file, message), 0)
end

-- The loader and its extra value, or nil and where it was looked for.
local function find_loader(name)
  local tried = {}
  for i = 1, math.huge do
    local searcher = rawget(package.searchers, i)
    if searcher == nil then return nil, ("module '%s' not found:%s"):format(name, table.concat(tried)) end
    local loader, extra = searcher(name)
    if type(loader) == "function" then return loader, extra end
    if type(loader) == "string" then tried[#tried + 1] = "\n\t" .. loader end
  end
end

local function load_with(loader, name, extra)
  local value = loader(name, extra)
  if value ~= nil then loaded[name] = value end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name], extra
end

local loading_mt = {
  __close = function(record)
    -- A module that is required by what it requires is loaded again, as in Lua; only the outer load is waited for.
    if record.outer then
      record.outer.again = record.outer.again - 1
      return
    end
    loading[record.name] = nil
    while wake_first(record.waiting) do end -- luacheck: ignore
  end,
}

local awaited_mt = { __close = function(wait) awaited[wait.task] = nil end }

-- Whether this load can end only once the task itself goes on: it would wait for itself.
local function waits_for(record, task)
  while record do
    if record.task == task then return true end
    record = awaited[record.task]
  end
end

local function wait_for(record)
  local task = host.token()
  awaited[task] = record
  local wait <close> = setmetatable({ task = task }, awaited_mt) -- luacheck: ignore
  park(record.waiting, {})
end

-- Its own complaints are raised at level 2, as those of Lua's require are.
function core.require(name)
  if type(name) ~= "string" then
    if type(name) ~= "number" then
      local got = name == nil and "no value" or type(name)
      error(("bad argument #1 to 'require' (string expected, got %s)"):format(got), 2)
    end
    name = tostring(name)
  end
  while true do
    local value = loaded[name]
    if value then return value end
    local other = loading[name]
    if not other or waits_for(other, host.token()) then break end
    wait_for(other)
  end
  if type(package.searchers) ~= "table" then error("'package.searchers' must be a table", 2) end
  local outer = loading[name]
  if outer then
    -- Lua's own require, a C function, comes to the end of the C stack about there.
    if outer.again == 100 then error(("C stack overflow (module '%s' requires itself)"):format(name), 2) end
    outer.again = outer.again + 1
  end
  local record <close> = setmetatable(
    { name = name, task = host.token(), waiting = new_queue(), outer = outer, again = 0 }, loading_mt)
  if not outer then loading[name] = record end
  local loader, extra = find_loader(name)
  if not loader then error(extra, 2) end
  return (function(...) return ... end)(load_with(loader, name, extra))
end
