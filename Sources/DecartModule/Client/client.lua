-- Clients. A client is a table whose functions are those of the rows; the object that stands for it on the host's side
-- goes before what the script gives.
local core, host, decart, client, files, tokens, models = ...
-- Taken now: a script may give these names other meanings.
local setmetatable = setmetatable
local namespace = core.namespace

-- What a result is.
core.use("blobs")
core.host.kind("client", { __name = "client", __gc = host.forget })

local process = { process = client.process }
local upload = { upload = files.upload, get = files.get, delete = files.delete }
local create = { create = tokens.create }
local resolve = { resolve = models.resolve }

local function create_client(options)
  local object = decart.createDecartClient(options)
  local space = namespace("client", process, setmetatable({}, { __name = "client" }), object)
  space.queue = namespace("client.queue", core.queue, nil, object)
  space.files = namespace("client.files", upload, nil, object)
  space.tokens = namespace("client.tokens", create, nil, object)
  space.models = namespace("client.models", resolve, nil, object)
  return space
end

namespace("decart", { createDecartClient = create_client }, core.decart)
