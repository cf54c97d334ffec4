-- decart.fetch against two servers that tell what they were asked; their URLs are the arguments.
local decart = require("decart")
local fs, json = decart.fs, decart.json
local base, other = ...
local running = 0

local function raised(...)
  local ok, e = pcall(decart.fetch, ...)
  assert(not ok, "no error")
  return e
end

local function encoded(url)
  return (url:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- A plain GET, its reply and its headers, whatever their case.
local reply = decart.fetch(base .. "/path?q=1", { headers = { ["X-Thing"] = "yes", ["x-number"] = 7 } })
local told = reply:json()
assert(reply.status == 200 and reply.url == base .. "/path?q=1")
assert(reply.headers["content-type"] == "application/json" and reply.headers["Content-Type"] == "application/json")
assert(told.method == "GET" and told.path == "/path?q=1" and told.body == "")
assert(told.headers["x-thing"] == "yes" and told.headers["x-number"] == "7")
assert(told.headers["user-agent"]:find("^decart%-lua/"))
assert(reply:text() == reply:text() and #reply.body == #reply:text())
assert(decart.fetch(base .. "/twice").headers["x-twice"] == "a, b")
assert(decart.fetch(base .. "/gzip"):text() == "hello")

-- Bodies.
told = decart.fetch(base, { json = { a = { 1 } } }):json()
assert(told.method == "POST" and told.body == '{"a":[1]}' and told.headers["content-type"] == "application/json")
told = decart.fetch(base, { method = "put", body = "bytes", headers = { ["content-type"] = "text/x" } }):json()
assert(told.method == "PUT" and told.body == "bytes" and told.headers["content-type"] == "text/x")
for _, method in ipairs({ "POST", "PUT", "PATCH", "DELETE", "OPTIONS" }) do
  assert(decart.fetch(base, { method = method }):json().method == method)
end
local head = decart.fetch(base .. "/bytes/10", { method = "HEAD" })
assert(head.status == 200 and head.headers["content-length"] == "10" and head:text() == "")

-- Any status is a value.
for _, status in ipairs({ 204, 301, 404, 429, 500 }) do
  assert(decart.fetch(base .. "/status/" .. status).status == status)
end
assert(decart.fetch(base .. "/status/404"):text() == "as asked")
local e = select(2, pcall(function() return decart.fetch(base .. "/status/404"):json() end))
assert(e.code == "INVALID_JSON", e)

-- A redirect carries headers to the same origin and nothing elsewhere; only reads follow one.
local private = { headers = { authorization = "Bearer private" } }
reply = decart.fetch(base .. "/to/" .. encoded("/there"), private)
assert(reply.url == base .. "/there" and reply:json().headers.authorization == "Bearer private")
reply = decart.fetch(base .. "/to/" .. encoded(other .. "/there"), private)
assert(reply.url == other .. "/there" and reply:json().headers.authorization == nil)
assert(decart.fetch(base .. "/to/" .. encoded(other), { method = "POST", body = "x" }).status == 302)
local loop = base .. "/to/" .. encoded("/there")
for _ = 1, 6 do loop = base .. "/to/" .. encoded(loop) end
e = raised(loop)
assert(e.code == "NETWORK_ERROR" and e.message:find("more than 5 times"), e)

-- Limits, and files.
e = raised(base .. "/bytes/101", { maxBytes = 100 })
assert(e.code == "REPLY_TOO_LARGE" and e.message:find("more than 100 bytes"), e)
assert(#decart.fetch(base .. "/bytes/100", { maxBytes = 100 }):text() == 100)
reply = decart.fetch(base .. "/bytes/20000000", { path = "saved" })
assert(fs.stat("saved").size == 20000000 and #reply.body == 20000000)
assert(decart.hash.sha256(reply.body) == decart.hash.sha256(fs.read("saved")))
assert(#decart.fetch(base .. "/bytes/20000000"):text() == 20000000)
e = raised(base .. "/bytes/101", { path = "small", maxBytes = 100 })
assert(e.code == "REPLY_TOO_LARGE" and not fs.exists("small"))
e = raised(base, { path = "none/file" })
assert(e.code == "FILE_ERROR" and e.path == "none/file" and e.message:find("there is no folder"), e)

-- What goes wrong.
e = raised("http://127.0.0.1:1/x?secret=1")
assert(e.code == "NETWORK_ERROR" and e.retryable and e.message:find("connection refused"), e)
assert(not e.message:find("secret"), e)
assert(raised(base .. "/cut").code == "NETWORK_ERROR")
e = raised(base .. "/silent", { timeout = 200 })
assert(e.code == "TIMEOUT" and e.message:find("took longer than 200 ms"), e)

-- Other tasks go on, and a signal or a cancellation ends it.
local controller = decart.abortController()
setTimeout(function() controller:abort("enough") end, 20)
assert(raised(base .. "/silent", { signal = controller.signal }).code == "CANCELLED")
local task = decart.spawn(decart.fetch, base .. "/silent")
local ticks = setInterval(function() running = running + 1 end, 1)
while running < 2 do decart.sleep(1) end
clearInterval(ticks)
task:cancel()
assert(not pcall(task.await, task) and task.status == "cancelled")

assert(json.encode(decart.fetch(base .. "/twice").headers):find('"x%-twice":"a, b"'))
assert(fs.list(".")[1] == "saved" and #fs.list(".") == 1)
print("done")
