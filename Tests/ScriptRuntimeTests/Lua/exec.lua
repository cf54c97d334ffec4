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

check("what is wrong is said", function()
  raises("cannot run 'no-such-program'", exec, { "no-such-program" })
  assert(raises("cannot run", exec, { "no-such-program" }):find("exec.lua:", 1, true))
  raises("names no program", exec, {})
  raises("table of the program", exec, "ls")
  raises("word 2 is a table", exec, { "ls", {} })
  raises("zero byte", exec, { "echo", "a\0b" })
  raises("option 'x'", exec, { "ls" }, { x = 1 })
end)
