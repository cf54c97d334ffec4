std = "lua54"
max_line_length = 120
globals = { "setTimeout", "clearTimeout", "setInterval", "clearInterval", "document" }
files["Sources/ScriptRuntime/Lua/prelude.lua"] = { globals = { "_G", "package" } }
files["Sources/ScriptRuntime/Lua/require.lua"] = { globals = { "require", "package" } }
files["Sources/ScriptRuntime/Lua/repeatable.lua"] = { globals = { "os", "pairs" } }
files["Sources/decart-lua/Lua/command.lua"] = { globals = { "arg", "_G" } }
files["Sources/decart-lua/Lua/lab.lua"] = { globals = { "os" } }
files["Sources/DecartModule/Lua/document.lua"] = { globals = { "_G" } }
files["Sources/ScriptTesting/Lua"] = { globals = { "_G", "assert", "io", "print", "loadfile", "dofile", "arg", "describe", "it", "pending" } }
exclude_files = { ".build*" }
-- The harness gives the tests' scripts these; what they set themselves is theirs.
for _, place in ipairs({ "scripts/examples/policies", "Tests/CommandTests/Lua" }) do
  files[place] = { globals = { "assert", "describe", "it", "pending", "beforeEach", "afterEach" } }
end
files["Tests"] = { globals = { "decart", "check", "raises", "LOADS", "TRIES" }, max_line_length = 130, unused = false }
