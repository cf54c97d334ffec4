local sleep = decart.sleep
local function wait() sleep(1) end
local where = "attempt to wait inside "

check("library functions that call back", function()
  raises(where .. "a function called by table.sort", table.sort, { 3, 2, 1 }, wait)
  raises(where .. "a function called by string.gsub", string.gsub, "abc", ".", wait)
  local indexed = setmetatable({}, { __index = wait, __len = function() return 3 end })
  raises("table.concat", table.concat, indexed)
  raises("table.unpack", table.unpack, indexed)
  raises("table.insert", table.insert, setmetatable({}, { __newindex = wait }), 1)
  raises("ipairs", function() for _ in ipairs(indexed) do end end)
end)

check("__tostring", function()
  local t = setmetatable({}, { __tostring = function() wait() return "t" end })
  raises("called by tostring", tostring, t)
  raises("called by print", print, t)
  raises("string.format", string.format, "%s", t)
end)

check("readers, handlers, finalizers, closing", function()
  local ok, message = load(wait)
  assert(not ok and message:find("a reader function of load", 1, true), message)
  local seen
  xpcall(error, function() seen = select(2, pcall(wait)) end, "x")
  assert(seen:find("an xpcall message handler", 1, true), seen)
  xpcall(function() local x = nil; return x.y end, function() seen = select(2, pcall(wait)) end)
  assert(seen:find("an xpcall message handler", 1, true), seen)
  setmetatable({}, { __gc = function() seen = select(2, pcall(wait)) end })
  collectgarbage()
  assert(seen:find("a __gc metamethod", 1, true), seen)
  local co = coroutine.create(function() local _ <close> = setmetatable({}, { __close = wait }) coroutine.yield() end)
  coroutine.resume(co)
  ok, message = coroutine.close(co)
  assert(not ok and message:find("a <close> variable closed by coroutine.close", 1, true), message)
end)

check("a handler that waits: xpcall says so, not 'error in error handling'", function()
  local function handler(e) wait() return e end
  for _, f in ipairs {
    function() error("x") end, function() local x; return x.y end, function() sleep(1) error("x") end,
  } do
    local ok, message = xpcall(f, handler)
    assert(not ok and message:find("an xpcall message handler", 1, true), message)
  end
  -- A handler that fails of itself is Lua's own matter, also after one that waited.
  assert(select(2, xpcall(error, function() error("again") end)) == "error in error handling")
end)

check("the message says what to do and where", function()
  local e = raises(where, table.sort, { 2, 1 }, function() sleep(1) end)
  assert(e:find("no%-waits%.lua:%d+: ") and e:find("decart.spawn", 1, true))
end)
