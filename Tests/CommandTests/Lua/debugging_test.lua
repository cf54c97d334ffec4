-- What a script that comes by the host's private functions can do with them, which a call hook finds.
local decart = require("decart")

-- The functions in C that a call of fn calls.
local function called_by(fn)
  local seen = {}
  debug.sethook(function()
    local info = debug.getinfo(2, "fS")
    if info.what == "C" then seen[info.func] = true end
  end, "c")
  fn()
  debug.sethook()
  return seen
end

it("no task becomes the only one", function()
  local first = decart.spawn(function() return 1 end)
  first:await()
  local count = 0
  for f in pairs(called_by(function() return decart.json.null end)) do
    pcall(f, "task", first)
    count = count + 1
  end
  assert.is_true(count > 3)
  local second = decart.spawn(function() return "second" end)
  assert.is_false(rawequal(first, second))
  collectgarbage()
  collectgarbage()
  assert.equal("second", second:await())
end)

it("no count of callbacks overflows", function()
  local element = document.createElement("button")
  document.body:append(element)
  for f in pairs(called_by(function() element.onclick = function() end end)) do
    for _ = 1, 2 do pcall(f, math.maxinteger) end
  end
  element.onclick = nil
end)

it("inputs are sent whole or not at all", function()
  local queue = require("decart.test").queue { { { "pending", 5000 }, "completed" } }
  local client = decart.createDecartClient {}
  for at = 1, 20 do
    local calls = 0
    local call = coroutine.create(function()
      return client.queue.submit {
        model = "lucy-pro-t2v", prompt = "a cat", seed = 7, resolution = "480p", orientation = "portrait",
      }
    end)
    debug.sethook(call, function()
      if debug.getinfo(2, "S").what ~= "C" then return end
      calls = calls + 1
      if calls == at then error("stop", 0) end
    end, "c")
    coroutine.resume(call)
  end
  assert.is_true(#queue:jobs() > 0)
  for _, job in ipairs(queue:jobs()) do
    assert.equal("480p", job.inputs.resolution)
    assert.equal("portrait", job.inputs.orientation)
  end
end)
