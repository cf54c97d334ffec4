-- Blobs and files as objects.
local core, host, methods, constructors = ...
-- Taken now: a script may give these names other meanings.
local setmetatable = setmetatable

core.methods_of("blob", methods)
local blob_mt = { __name = "blob", __len = host.size, __gc = host.forget }

function blob_mt.__index(blob, key)
  if key == "size" then return host.size(blob) end
  if key == "type" then return host.type(blob) end
  if key == "name" then return host.name(blob) end
  return methods[key]
end

function blob_mt.__tostring(blob)
  return ("Blob (%s, %d bytes)"):format(blob.type, blob.size)
end

core.host.kind("blob", blob_mt)

local file_mt = { __name = "file" }

function file_mt.__tostring(file)
  return ("file (%s)"):format(file.path)
end

core.host.kind("file", file_mt)

local function file_of(path)
  core.check(1, "file", "string", path)
  return setmetatable({ path = path }, file_mt)
end

core.namespace("decart", {
  blob = constructors.blob, displayVideo = constructors.displayVideo, file = file_of,
}, core.decart)
