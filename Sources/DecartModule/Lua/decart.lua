-- What `decart` has beyond tasks: clients, models, blobs; and the global `document`.
local core, host, policies, polling = ...
local decart, namespace = core.decart, core.namespace

-- Blobs

local blob_methods = { text = host.text, save = host.save }
local blob_mt = { __name = "blob", __len = host.blobSize, __gc = host.forgetBlob }

function blob_mt.__index(blob, key)
  if key == "size" then return host.blobSize(blob) end
  if key == "type" then return host.blobType(blob) end
  if key == "name" then return host.blobName(blob) end
  return blob_methods[key]
end

function blob_mt.__tostring(blob)
  return ("Blob (%s, %d bytes)"):format(blob.type, blob.size)
end

core.host.kind("blob", blob_mt)

-- Clients

local function queue_of(number)
  local queue = {
    submit = function(inputs)
      local signal
      if type(inputs) == "table" and inputs.signal ~= nil then
        signal = inputs.signal
        local rest = {}
        for key, value in pairs(inputs) do
          if key ~= "signal" then rest[key] = value end
        end
        inputs = rest
      end
      return core.with_signal(signal, host.submit, number, inputs)
    end,
    status = function(id) return host.status(number, id) end,
    result = function(id, options) return host.result(number, id, options) end,
  }
  queue.poll, queue.submitAndPoll = polling(queue)
  return namespace(queue)
end

local function client_of(number)
  return namespace { queue = queue_of(number) }
end

local function model_of(kind)
  return function(name) return host.model(kind, name) end
end

namespace({
  createDecartClient = function(options) return client_of(host.createDecartClient(options)) end,
  models = namespace {
    video = model_of("video"),
    image = model_of("image"),
    realtime = model_of("realtime"),
    list = function(options) return host.listModels(options) end,
  },
  blob = host.blob,
  policy = policies,
}, decart)

-- The document

local numbers = setmetatable({}, { __mode = "k" })
local elements = setmetatable({}, { __mode = "v" })

local element_mt = { __name = "element" }

function element_mt.__index(element, key)
  return host.getProperty(numbers[element], key)
end

function element_mt.__newindex(element, key, value)
  host.setProperty(numbers[element], key, value)
end

local function element_of(number)
  local element = elements[number]
  if not element then
    element = setmetatable({}, element_mt)
    numbers[element] = number
    elements[number] = element
  end
  return element
end

document = namespace { -- luacheck: ignore
  getElementById = function(id)
    core.check(1, "getElementById", "string", id)
    return element_of(host.element(id))
  end,
}

function decart.displayVideo(blob, name)
  return host.displayVideo(blob, name)
end
