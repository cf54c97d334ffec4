-- What `decart` has beyond tasks: clients, models, blobs.
local core, host, policies, polling = ...
-- Taken now: a script may give these names other meanings.
local setmetatable, type, pairs = setmetatable, type, pairs
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

-- Takes `signal` out of a table of options or inputs; answers the rest and the signal.
local function split_signal(given)
  if type(given) ~= "table" or given.signal == nil then return given end
  if not core.is_signal(given.signal) then
    core.fail {
      code = "INVALID_OPTIONS",
      message = "signal must be the signal of an abortController, not a " .. type(given.signal),
    }
  end
  local rest = {}
  for key, value in pairs(given) do
    if key ~= "signal" then rest[key] = value end
  end
  return rest, given.signal
end

local work_mt = { __close = function(guard) guard.work:cancel() end }
local progress_mt = { __close = function(progress) host.endProgress(progress.id) end }

-- Fetches a result and calls report(received, total) about every 100 ms and at the end.
local function result_reporting(number, id, options, report)
  local progress <close> = setmetatable({ id = host.progress() }, progress_mt)
  local work = decart.spawn(host.result, number, id, options, progress.id)
  -- A report that fails ends the download too.
  local guard <close> = setmetatable({ work = work }, work_mt) -- luacheck: ignore
  local seen
  local function tell()
    local received, total = host.progressOf(progress.id)
    if received ~= seen then report(received, total) end
    seen = received
  end
  while not core.wait_for(work, 100) do tell() end
  local blob = work:await()
  tell()
  return blob
end

local function result(number, id, given)
  local options, signal = split_signal(given)
  local report = type(options) == "table" and options.onProgress
  if not report then return core.with_signal(signal, host.result, number, id, options) end
  if type(report) ~= "function" then
    core.fail { code = "INVALID_OPTIONS", message = "onProgress must be a function, not a " .. type(report) }
  end
  local rest = {}
  for key, value in pairs(options) do
    if key ~= "onProgress" then rest[key] = value end
  end
  return core.with_signal(signal, result_reporting, number, id, rest, report)
end

local function queue_of(number)
  local queue = {
    submit = function(inputs)
      local rest, signal = split_signal(inputs)
      local job = core.with_signal(signal, host.submit, number, rest)
      core.began(job.job_id, type(rest.model) == "table" and rest.model.name or rest.model)
      return job
    end,
    status = function(id) return host.status(number, id) end,
    result = function(id, options) return result(number, id, options) end,
  }
  queue.poll, queue.submitAndPoll = polling(queue)
  return namespace(queue)
end

local function client_of(number)
  return namespace {
    queue = queue_of(number),
    process = function(inputs)
      local rest, signal = split_signal(inputs)
      return core.with_signal(signal, host.process, number, rest)
    end,
    files = namespace {
      upload = function(file, options)
        local rest, signal = split_signal(options)
        return core.with_signal(signal, host.upload, number, file, rest)
      end,
      get = function(id) return host.get(number, id) end,
      delete = function(id) return host.delete(number, id) end,
    },
    tokens = namespace { create = function(options) return host.createToken(number, options) end },
    models = namespace { resolve = function(name) return host.resolve(number, name) end },
  }
end

local file_mt = { __name = "file" }

function file_mt.__tostring(file)
  return ("file (%s)"):format(file.path)
end

core.host.kind("file", file_mt)

local function file_of(path)
  core.check(1, "file", "string", path)
  return setmetatable({ path = path }, file_mt)
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
  file = file_of,
  policy = policies,
  displayVideo = host.displayVideo,
}, decart)
