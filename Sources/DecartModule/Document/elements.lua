-- The document's elements as objects. What they show is kept by the host, under their numbers.
local core, host = ...
-- Taken now: a script may give these names other meanings.
local setmetatable, type, pairs, tostring, pcall = setmetatable, type, pairs, tostring, pcall
local sort, concat = table.sort, table.concat
local check = core.check

local numbers = setmetatable({}, { __mode = "k" })
local elements = setmetatable({}, { __mode = "v" })
-- An element's callbacks live as long as its object does. `kept` holds the objects of those in the tree, since somebody
-- may still click on them; `inside` those of what hangs from an element that is not in the tree, as long as that lives.
local callbacks = setmetatable({}, { __mode = "k" })
local kept = {}
local inside = setmetatable({}, { __mode = "k" })

local properties = host.propertyNumbers()
local methods = {}
local element_mt = { __name = "element" }

local function element_of(number)
  local element = elements[number]
  if not element then
    element = setmetatable({}, element_mt)
    numbers[element] = number
    elements[number] = element
  else
    -- The host counts an object more than there is now.
    host.forgetElement(number)
  end
  return element
end

function element_mt.__gc(element)
  host.forgetElement(numbers[element])
end

function element_mt.__tostring(element)
  local name = element.id
  return ("element %s"):format(name and '"' .. name .. '"' or "#" .. numbers[element])
end

function element_mt.__index(element, key)
  local property = properties[key]
  if not property then
    if key == "id" then return host.elementName(numbers[element]) end
    return methods[key]
  end
  local own = callbacks[element]
  if key == "onclick" or key == "oninput" then return own and own[key] end
  return host.getProperty(numbers[element], property)
end

local function keep(number, element)
  if (kept[number] == nil) == (element == nil) then return end
  kept[number] = element
  host.listening(element and 1 or -1)
end

local function listens(element)
  local own = callbacks[element]
  return own and (own.onclick or own.oninput) and true or false
end

-- Of what has left the tree under `top`, all that listens; without a top nothing of it can come back.
local function keep_inside(top, number, ...)
  if not number then return end
  if top and kept[number] then
    inside[top] = inside[top] or {}
    inside[top][number] = kept[number]
  end
  keep(number, nil)
  return keep_inside(top, ...)
end

function element_mt.__newindex(element, key, value)
  local property = properties[key]
  if not property then
    local known = {}
    for name in pairs(properties) do known[#known + 1] = name end
    sort(known)
    core.raise(("an element has no property '%s' that can be set; it has %s"):format(
      tostring(key), concat(known, ", ")))
  end
  -- A text takes the place of the children, and some of those may listen.
  keep_inside(nil, host.setProperty(numbers[element], property, value))
  if key == "onclick" or key == "oninput" then
    callbacks[element] = callbacks[element] or {}
    callbacks[element][key] = value
    keep(numbers[element], listens(element) and host.isInTree(numbers[element]) and element or nil)
  end
end

local function number_of(position, name, element)
  local number = numbers[element]
  if not number then
    core.bad_argument(position, name, "element", element == nil and "no value" or type(element))
  end
  return number
end

function methods.append(element, child)
  local parent, number = number_of(1, "append", element), number_of(2, "append", child)
  local members = inside[child] or {}
  if listens(child) then members[number] = child end
  keep_inside(child, host.appendElement(parent, number))
  if host.isInTree(number) then
    for at, member in pairs(members) do keep(at, listens(member) and member or nil) end
    inside[child] = nil
  else
    -- What hangs from nothing is reached through what it hangs from.
    inside[element] = inside[element] or {}
    for at, member in pairs(members) do inside[element][at] = member end
    for at, member in pairs(inside[child] or {}) do inside[element][at] = member end
  end
end

function methods.remove(element)
  keep_inside(element, host.removeElement(number_of(1, "remove", element)))
end

core.methods_of("element", methods)

-- document

local fields = {
  body = function()
    host.holdElement(0)
    return element_of(0)
  end,
  title = function() return host.getTitle() end,
}

function core.document_field(key)
  return fields[key] and fields[key]()
end

-- Answers whether there is such a field.
function core.set_document_field(key, value)
  if key == "body" then core.raise("the document's body cannot be replaced") end
  if key == "title" then host.setTitle(value) end
  return key == "title"
end

core.namespace("document", {
  getElementById = function(id)
    check(1, "getElementById", "string", id)
    return element_of(host.element(id))
  end,
  createElement = function(tag)
    check(1, "createElement", "string", tag)
    return element_of(host.createElement(tag))
  end,
})

-- Called as a task for each thing that somebody does to an element.
function core.deliver(number, kind, value)
  local found, element = pcall(function()
    host.holdElement(number)
    return element_of(number)
  end)
  if not found or element.disabled then return end
  if kind == "input" then element.value = value end
  local callback = element["on" .. kind]
  if callback then callback({ type = kind, target = element, value = value }) end
end
