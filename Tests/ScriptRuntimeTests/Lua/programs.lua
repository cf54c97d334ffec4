-- Makes programs: `return generate(seed)` is the text of one that mixes tasks, coroutines, waits, errors, cancels and
-- `<close>` variables. Every program ends: its loops are short, its functions are written where they are called.

-- What every program starts with: `T` traces, `closer` makes a to-be-closed value, `pick` chooses from what there is.
local head = [[
local tasks, cos, timers = {}, {}, {}
local function show(v)
  if type(v) == "string" then return (v:gsub("(wait inside) .*", "%1 a place")) end
  if type(v) == "function" or type(v) == "thread" or type(v) == "userdata" then return type(v) end
  if type(v) ~= "table" then return tostring(v) end
  local text = v.code and v.code .. " " .. v.message .. " " .. tostring(v.cause) or "table " .. tostring(v.tag)
  if v.data then text = text .. " data " .. tostring(v.data.job) end
  for i, t in ipairs(tasks) do if v.code and v.task == t then text = text .. " of " .. i end end
  return text
end
local function T(label, ...)
  local words = table.pack(("%g"):format(decart.now()), label, ...)
  for i = 2, words.n do words[i] = show(words[i]) end
  record(table.concat(words, " "))
end
local function pick(list, n) return list[#list > 0 and n % #list + 1 or 1] end
local function closer(f) return setmetatable({}, { __close = function(_, e) f(e) end }) end
local function add(list, v) list[#list + 1] = v return v end
local meta = function(f) return setmetatable({}, { __index = f, __add = f, __call = f, __lt = f, __concat = f }) end
]]

local function generator(seed)
  -- Numbers of its own, the same everywhere.
  local state = (seed * 2654435761 + 12345) % 4294967296
  local function random(n)
    state = (state * 1664525 + 1013904223) % 4294967296
    return (state >> 8) % n + 1
  end

  local lines, labels, budget = {}, 0, 20 + random(40)
  local function emit(depth, text) lines[#lines + 1] = ("  "):rep(depth) .. text end
  local function label()
    labels = labels + 1
    return labels
  end
  -- Lua 5.4.4 itself goes wrong where a coroutine is closed that is suspended inside xpcall: it goes on calling that
  -- xpcall's handler, at a place of the stack where something else may be by now. So a program has the one or the
  -- other.
  local closes = random(3) > 1
  local delays = { 0, 0, 1, 1, 2, 3, 5, 7, 20, 100 }
  local function delay() return delays[random(#delays)] end

  local block

  -- `open` … `close` around a block of statements.
  local function wrapped(depth, open, close, inside)
    emit(depth, open)
    block(depth + 1, inside)
    emit(depth, close)
  end

  local function spawn(d)
    emit(d, "add(tasks, decart.spawn(function(...)")
    emit(d + 1, "T('task', ...)")
    block(d + 1, nil)
    if random(2) == 1 then block(d + 1, nil) end
    emit(d + 1, ("do return 'done', %d end"):format(label()))
    emit(d, ("end, %d))"):format(random(9)))
  end

  local function cancel(d)
    if not closes then return end
    local reasons = { "", "'why'", "7" }
    emit(d, ("do local t = pick(tasks, %d)"):format(random(50)))
    emit(d + 1, ("if t then T(%d, t:cancel(%s)) end"):format(label(), reasons[random(3)]))
    emit(d, "end")
  end

  local statements = {
    function(d) emit(d, ("T(%d)"):format(label())) end,
    function(d) emit(d, ("decart.sleep(%d)"):format(delay())) end,
    function(d) emit(d, ("decart.sleep(%d)"):format(delay())) end,
    function(d) emit(d, ("T(%d, pcall(decart.sleep, %d))"):format(label(), delay())) end,
    -- Errors, and what catches them
    function(d, inside)
      emit(d, ("T(%d, pcall(function()"):format(label()))
      block(d + 1, inside)
      emit(d + 1, ("do return %d, 'x' end"):format(random(9)))
      emit(d, "end))")
    end,
    function(d, inside)
      if closes then return end
      emit(d, ("T(%d, xpcall(function(...)"):format(label()))
      block(d + 1, inside)
      local handlers = {
        "end, function(e) T('handler', e) return e end, 1))",
        "end, function(e) T('handler', pcall(decart.sleep, 1)) return e end))",
        "end, function(e) local co = coroutine.wrap(function() decart.sleep(1) end) T('h', pcall(co)) return e end))",
      }
      emit(d, handlers[random(#handlers)])
    end,
    function(d)
      local errors = {
        "error('e%d')", "error('e%d', 0)", "error({ tag = %d })", "error({ data = { job = %d } })", "error(%d)",
        "local _ = nil + %d", "error(nil, %d)",
      }
      emit(d, ("if pick({ true, false }, %d) then %s end"):format(random(2), errors[random(#errors)]:format(label())))
    end,
    -- To-be-closed variables
    function(d, inside)
      local name = label()
      emit(d, ("do local v%d <close> = closer(function(e)"):format(name))
      emit(d + 1, ("T('close %d', e)"):format(name))
      if random(2) == 1 then emit(d + 1, ("decart.sleep(%d)"):format(delay())) end
      if random(3) == 1 then block(d + 1, inside) end
      emit(d, "end)")
      block(d + 1, inside)
      emit(d, "end")
    end,
    -- Coroutines
    function(d)
      emit(d, "add(cos, coroutine.create(function(...)")
      emit(d + 1, ("T(%d, ...)"):format(label()))
      block(d + 1, "coroutine")
      emit(d + 1, ("do return 'r', %d end"):format(random(9)))
      emit(d, "end))")
    end,
    function(d)
      local call = ("coroutine.resume(pick(cos, %d), %d)"):format(random(50), random(9))
      emit(d, ("if #cos > 0 then T(%d, %s) end"):format(label(), call))
    end,
    function(d)
      emit(d, ("if #cos > 0 then T(%d, coroutine.resume(pick(cos, %d))) end"):format(label(), random(50)))
    end,
    function(d)
      emit(d, ("if #cos > 0 then T(%d, coroutine.status(pick(cos, %d))) end"):format(label(), random(50)))
    end,
    function(d)
      if not closes then return end
      emit(d, ("if #cos > 0 then T(%d, pcall(coroutine.close, pick(cos, %d))) end"):format(label(), random(50)))
    end,
    function(d)
      emit(d, "for x, y in coroutine.wrap(function()")
      emit(d + 1, "coroutine.yield(1)")
      block(d + 1, "coroutine")
      emit(d + 1, "coroutine.yield(2, 3)")
      emit(d, ("end) do T(%d, x, y)"):format(label()))
      block(d + 1, nil)
      emit(d, "end")
    end,
    function(d)
      local name = label()
      emit(d, ("local w%d = coroutine.wrap(function()"):format(name))
      block(d + 1, "coroutine")
      emit(d, "end)")
      emit(d, ("for _ = 1, %d do T(%d, pcall(w%d, %d)) end"):format(random(3), label(), name, name))
      if random(3) == 1 then emit(d, ("w%d()"):format(name)) end
    end,
    function(d, inside)
      local yield = ("coroutine.yield(%d)"):format(label())
      emit(d, ("T('yield', %s)"):format(inside == "coroutine" and yield or "pcall(coroutine.yield, 1)"))
    end,
    -- A shield that a coroutine leaves by yielding and comes back to, maybe in another task
    function(d)
      emit(d, "add(cos, coroutine.create(function()")
      emit(d + 1, "decart.shield(function()")
      emit(d + 2, ("T('yield', coroutine.yield(%d))"):format(label()))
      block(d + 2, "coroutine")
      emit(d + 1, "end)")
      block(d + 1, "coroutine")
      emit(d, "end))")
      emit(d, ("T(%d, coroutine.resume(cos[#cos]))"):format(label()))
    end,
    function(d) emit(d, ("T(%d, select(2, coroutine.running()), coroutine.isyieldable())"):format(label())) end,
    -- Iterators and metamethods that wait
    function(d)
      emit(d, "for i in function(_, i)")
      block(d + 1, nil)
      emit(d + 1, "if (i or 0) < 2 then return (i or 0) + 1 end")
      emit(d, ("end, nil, nil, closer(function(e) T('iterator', e) decart.sleep(%d) end) do"):format(delay()))
      block(d + 1, nil)
      emit(d, ("T(%d, i) end"):format(label()))
    end,
    function(d)
      local uses = { "m.x", "m + 1", "m(1)", "m < 1", "m .. 'x'" }
      emit(d, "do local m = meta(function()")
      block(d + 1, nil)
      emit(d + 1, "return 7")
      emit(d, ("end) T(%d, %s) end"):format(label(), uses[random(#uses)]))
    end,
    -- Tasks
    spawn, spawn, cancel, cancel, cancel,
    function(d)
      emit(d, ("do local t = pick(tasks, %d) if t then T(%d, pcall(t.await, t)) end end"):format(random(50), label()))
    end,
    function(d)
      emit(d, ("do local t = pick(tasks, %d) if t then T(%d, t:await()) end end"):format(random(50), label()))
    end,
    function(d) emit(d, ("do local t = pick(tasks, %d) T(%d, t and t.status) end"):format(random(50), label())) end,
    function(d, inside)
      emit(d, ("T(%d, pcall(decart.shield, function(...)"):format(label()))
      block(d + 1, inside)
      emit(d + 1, "do return 's', ... end")
      emit(d, ("end, %d))"):format(random(9)))
    end,
    function(d, inside) wrapped(d, "decart.shield(function()", "end)", inside) end,
    function(d)
      local times = closes and { 1, 10, 4999, 5000, 6000 } or { 1, 10 }
      emit(d, ("decart.shield(decart.sleep, %d)"):format(times[random(#times)]))
    end,
    -- Timers
    function(d)
      emit(d, "add(timers, setTimeout(function(...)")
      emit(d + 1, "T('timeout', ...)")
      block(d + 1, nil)
      emit(d, ("end, %d, %d))"):format(delay(), random(9)))
    end,
    function(d)
      emit(d, "do local n, id = 0, nil id = add(timers, setInterval(function()")
      emit(d + 1, ("n = n + 1 T('tick', n) if n == %d then clearInterval(id) end"):format(random(4)))
      block(d + 1, nil)
      emit(d, ("end, %d)) end"):format(delay()))
    end,
    function(d) emit(d, ("clearTimeout(pick(timers, %d))"):format(random(50))) end,
    function(d) if random(4) == 1 then emit(d, "collectgarbage()") end end,
  }

  function block(depth, inside)
    local count = depth > 6 and 1 or random(4)
    for _ = 1, count do
      if budget <= 0 then break end
      budget = budget - 1
      -- Deep inside only what is short.
      statements[random(depth > 6 and 4 or #statements)](depth, inside)
    end
  end

  -- Tasks that go on at the same time, and somebody who cancels one of them.
  for _ = 1, random(4) do spawn(0) end
  if random(2) == 1 then
    emit(0, "setTimeout(function()")
    cancel(1)
    emit(0, ("end, %d)"):format(delay()))
  end
  while budget > 0 do block(0, nil) end
  emit(0, "T('end')")
  return head .. table.concat(lines, "\n") .. "\n"
end

return generator(...)
