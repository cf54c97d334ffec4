-- The main task: what the command line says, in its order, then the script.
local core = ...
local raise_plain = error

local function load_or_fail(chunk, message)
  if not chunk then raise_plain(message, 0) end
  return chunk
end

return function(actions, script, arguments)
  arg = arguments -- luacheck: ignore
  for _, action in ipairs(actions) do
    if action.kind == "code" then
      rawset(_G, "decart", core.decart)
      load_or_fail(load(action.text, "=(command line)"))()
    end
  end
  if script then
    local file = script ~= "-" and script or nil
    return load_or_fail(loadfile(file))(table.unpack(arguments, 1, #arguments))
  end
end
