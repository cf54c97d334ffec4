-- The main task: the command line's actions in order, then the script, then the prompt.
local core, host, repl, work = ...

local function or_fail(chunk, message)
  if not chunk then error(message, 0) end
  return chunk
end

local function run_init(name, value)
  if value:sub(1, 1) == "@" then
    or_fail(loadfile(value:sub(2)))()
  else
    or_fail(load(value, "=" .. name))()
  end
end

-- "-l mod" and "-l name=mod"
local function require_library(word)
  local name, module = word:match("^(.-)=(.*)$")
  if not name then name, module = word, word end
  local found, value = pcall(require, module)
  if not found then error(value, 0) end
  _G[name] = value
end

local actions = {
  code = function(text)
    if rawget(_G, "decart") == nil then rawset(_G, "decart", core.decart) end
    or_fail(load(text, "=(command line)"))()
  end,
  library = require_library,
  warnings = function() warn("@on") end,
}

-- A policy for every wait of the run that is given none.
local function load_policy(path)
  local policy = core.nowait("a policy's file", or_fail(loadfile(path)), path)
  if type(policy) ~= "function" then
    error(("--policy %s: the file returned %s; it is to return a policy: a function(poll) that returns the "
      .. "milliseconds until the next poll, or nil to give up"):format(
      path, policy == nil and "nothing" or "a " .. type(policy)), 0)
  end
  return policy
end

local function script_arguments()
  local arguments = arg
  if type(arguments) ~= "table" then error("'arg' is not a table", 0) end
  return table.unpack(arguments, 1, #arguments)
end

os.exit = function(code, close) -- luacheck: ignore
  if code == nil or code == true then
    code = 0
  elseif code == false then
    code = 1
  end
  if math.type(code) ~= "integer" then
    local whole = type(code) ~= "table" and math.tointeger(tonumber(code))
    if not whole and type(code) == "number" then
      core.raise("bad argument #1 to 'exit' (number has no integer representation)")
    elseif not whole then
      core.bad_argument(1, "exit", "number", type(code))
    end
    code = whole
  end
  host.exit(code, close and true or false)
end

return function(plan)
  arg = plan.arg -- luacheck: ignore
  if plan.init then run_init(plan.init.name, plan.init.value) end
  if plan.policy then core.default_policy = load_policy(plan.policy) end
  for _, action in ipairs(plan.actions) do actions[action.kind](action.text) end
  if plan.script then
    local chunk = or_fail(loadfile(plan.script ~= "-" and plan.script or nil))
    if work then return work(chunk(script_arguments())) end
    if not plan.interactive then return chunk(script_arguments()) end
    chunk(script_arguments())
  end
  if plan.interactive then
    rawset(_G, "decart", core.decart)
    repl()
    host.exit(0, true)
  end
end
