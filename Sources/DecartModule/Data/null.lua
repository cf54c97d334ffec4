-- decart.json.null is no function, so it is made when it is asked for: the part "json" has it.
local core = ...
setmetatable(core.decart.json, {
  __index = function(_, name)
    if name == "null" then return core.json_null end
  end,
})
