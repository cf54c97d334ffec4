-- The global `document`. Its fields and elements are in elements.lua, which is loaded when they are first used.
local core = ...
local rawset = rawset

setmetatable(document, {
  __name = "document",
  __index = function(_, key) return core.document_field(key) end,
  __newindex = function(document, key, value)
    if not core.set_document_field(key, value) then rawset(document, key, value) end
  end,
})

-- What is called as a task for each thing that somebody does to an element.
return function(...) core.deliver(...) end
