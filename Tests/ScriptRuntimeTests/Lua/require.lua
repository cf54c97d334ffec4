local sleep = decart.sleep

-- Modules are files beside this one.
local base = os.tmpname()
package.path = base .. "_?.lua"

local function module(name, text)
  local file = assert(io.open(base .. "_" .. name .. ".lua", "w"))
  file:write(text)
  file:close()
  return setmetatable({}, { __close = function() os.remove(base .. "_" .. name .. ".lua") end })
end

check("a module file may wait, and two tasks that ask for it at once get the same", function()
  LOADS = 0
  local _ <close> = module("slow", "LOADS = LOADS + 1 decart.sleep(10) return { name = ..., file = select(2, ...) }")
  local before = decart.now()
  local r = decart.map({ 1, 2, 3 }, function() return require("slow") end)
  assert(r[1] == r[2] and r[2] == r[3] and LOADS == 1 and decart.now() - before == 10)
  assert(r[1].name == "slow" and r[1].file == base .. "_slow.lua" and require("slow") == r[1])
  assert(select(2, require("slow")) == nil)
end)

check("who waited for a module that fails loads it anew", function()
  TRIES = 0
  local _ <close> = module("flaky", [[
    TRIES = TRIES + 1
    decart.sleep(1)
    return TRIES > 1 and "ok" or error("first")
  ]])
  local r = decart.allSettled({ function() return require("flaky") end, function() return require("flaky") end })
  assert(r[1].status == "rejected" and r[1].reason:find("first") and r[2].value == "ok" and TRIES == 2)
end)

check("who waited for a module whose loader was cancelled loads it anew", function()
  local _ <close> = module("patient", "decart.sleep(100) return 'ok'")
  local first = decart.spawn(require, "patient")
  local second = decart.spawn(require, "patient")
  sleep(1)
  first:cancel()
  assert(second:await() == "ok" and first.status == "cancelled")
end)

check("modules that require each other see what is there so far, as in Lua", function()
  local _ <close> = module("left", [[
    local M = {}
    package.loaded.left = M
    decart.sleep(1)
    M.right = require("right")
    return M
  ]])
  local _ <close> = module("right", "decart.sleep(1) return { left = require('left') }")
  local left = require("left")
  assert(left.right.left == left)
end)

check("modules that cannot be had without each other are an error, as in Lua", function()
  local _ <close> = module("one", "decart.sleep(1) return { require('two') }")
  local _ <close> = module("two", "decart.sleep(1) return { require('one') }")
  raises("overflow", require, "one")
end)

check("… also if two tasks begin at either end", function()
  local _ <close> = module("egg", "decart.sleep(1) return { require('hen') }")
  local _ <close> = module("hen", "decart.sleep(1) return { require('egg') }")
  local r = decart.allSettled({ function() return require("egg") end, function() return require("hen") end })
  assert(r[1].status == "rejected" and r[2].status == "rejected")
end)

os.remove(base)
