-- decart.fetch: what it gives.
local core, _, functions = ...
-- Taken now: a script may give these names other meanings.
local getmetatable, rawget, type = getmetatable, rawget, type
local lower = string.lower
local decode = core.json_decode

-- What a body is.
core.use("blobs")

-- Names of headers have no case.
core.host.kind("headers", {
  __name = "headers",
  __index = function(headers, name)
    if type(name) == "string" then return rawget(headers, lower(name)) end
  end,
})

local methods = {}
local response_mt = { __name = "response", __index = methods }
core.host.kind("response", response_mt)

local function body_of(response, method)
  if getmetatable(response) ~= response_mt then
    core.raise(("calling '%s' on a bad self (call it with a colon: response:%s())"):format(method, method))
  end
  return response.body
end

function methods.text(response)
  return body_of(response, "text"):text()
end

function methods.json(response)
  return decode(body_of(response, "json"):text())
end

core.methods_of("response", methods)
core.namespace("decart", { fetch = functions.fetch }, core.decart)
