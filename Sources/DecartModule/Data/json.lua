-- decart.json: null and arrays, which are values of its own kinds.
local core, host, json = ...
-- Taken now: a script may give these names other meanings.
local setmetatable, getmetatable = setmetatable, getmetatable

core.host.kind("null", { __name = "null", __tostring = function() return "null" end })
local null = host.null()
core.host.only("null", null)

local array_mt = { __name = "array" }
core.host.kind("array", array_mt)

local function array(list)
  if list == nil then list = {} end
  core.check(1, "array", "table", list)
  local own = getmetatable(list)
  if own ~= nil and own ~= array_mt then
    core.fail {
      code = "INVALID_JSON",
      message = "array takes a plain table, and this one has a metatable: copy its values into a new table.",
    }
  end
  return setmetatable(list, array_mt)
end

local space = core.decart.json
setmetatable(space, nil)
space.null = null
core.namespace("decart.json", { encode = json.encode, decode = json.decode, array = array }, space)
-- For the other Lua files of the host.
core.json_null, core.json_decode = null, json.decode
