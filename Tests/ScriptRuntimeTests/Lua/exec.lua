local exec = decart.exec

check("output and code", function()
  local r = exec({ "echo", "hi", "", "there" })
  assert(r.code == 0 and r.stdout == "hi  there\n" and r.stderr == "", r.stdout)
  r = exec({ "/bin/sh", "-c", "echo err >&2; exit 7" })
  assert(r.code == 7 and r.stdout == "" and r.stderr == "err\n")
  assert(exec({ "sh", "-c", "kill -9 $$" }).code == 137)
end)

check("stdin, env and cwd", function()
  local r = exec({ "sh", "-c", "cat; echo $X-$HOME; pwd" }, {
    stdin = "a\0b\n", env = { X = 1, HOME = false }, cwd = "/",
  })
  assert(r.stdout == "a\0b\n1-\n/\n", r.stdout)
end)

check("bytes that are no UTF-8 arrive", function()
  assert(exec({ "printf", "%s", "\xff\xc3" }).stdout == "\xff\xc3")
end)

check("words, variables and folders are bytes", function()
  local folder = exec({ "mktemp", "-d" }).stdout:gsub("\n$", "")
  local odd = folder .. "/f\xe9"
  assert(exec({ "mkdir", odd }).code == 0)
  assert(exec({ "sh", "-c", "printf '#!/bin/sh\necho ran' > prog\xe9; chmod +x prog\xe9" }, { cwd = odd }).code == 0)
  assert(exec({ odd .. "/prog\xe9" }).stdout == "ran\n")
  assert(exec({ "pwd" }, { cwd = odd }).stdout == odd .. "\n")
  assert(exec({ "sh", "-c", "printf %s \"$V\"" }, { env = { V = "x\xe9y" } }).stdout == "x\xe9y")
  assert(exec({ "env" }, { env = { ["N\xe9"] = "1" } }).stdout:find("N\xe9=1", 1, true))
  assert(not exec({ "env" }, { env = { HOME = false } }).stdout:find("HOME=", 1, true))
  assert(exec({ "rm", "-r", folder }).code == 0)
end)

check("what is wrong is said", function()
  raises("cannot run 'no-such-program'", exec, { "no-such-program" })
  assert(raises("cannot run", exec, { "no-such-program" }):find("exec.lua:", 1, true))
  raises("names no program", exec, {})
  raises("table of the program", exec, "ls")
  raises("word 2 is a table", exec, { "ls", {} })
  raises("zero byte", exec, { "echo", "a\0b" })
  assert(raises('option "x"', exec, { "ls" }, { x = 1 }).code == "INVALID_OPTIONS")
end)

-- Whether a program with these words runs on this machine.
local function runs(words)
  local pattern = "[" .. words:sub(1, 1) .. "]" .. words:sub(2):gsub(" ", ".")
  return exec({ "sh", "-c", "grep -saq '" .. pattern .. "' /proc/[0-9]*/cmdline" }).code == 0
end

-- Cancels an exec once a program with these words runs; returns the error that it raised.
local function cancel_when_runs(words, command)
  local ok, e
  local task = decart.spawn(function() ok, e = pcall(exec, command) end)
  repeat until runs(words)
  task:cancel("enough")
  pcall(task.await, task)
  assert(ok == false, "it returned")
  return e
end

-- A sleep that nothing else on this machine has.
local function new_nap() return (exec({ "date", "+1%N" }).stdout:gsub("\n$", "")) end

check("a cancelled exec raises, and the program has ended", function()
  local nap = new_nap()
  local e = cancel_when_runs("sleep " .. nap, { "sleep", nap })
  assert(e.code == "CANCELLED" and e.cause == "enough", tostring(e))
  assert(not runs("sleep " .. nap))
end)

check("what a cancelled program has started ends with it, even if it will not", function()
  local nap = new_nap()
  local e = cancel_when_runs("sleep " .. nap, { "sh", "-c", "(trap '' TERM; exec sleep " .. nap .. ") & wait" })
  assert(e.code == "CANCELLED", tostring(e))
  -- It is nobody's to wait for, and may be there for a moment more.
  repeat until not runs("sleep " .. nap)
end)

check("one that is cancelled before it begins does not begin", function()
  local task = decart.spawn(function() exec({ "sh", "-c", "exit 1" }) end)
  task:cancel()
  assert(raises("CANCELLED", task.await, task))
end)
