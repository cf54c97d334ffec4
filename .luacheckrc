std = "lua54"
max_line_length = 120
globals = { "setTimeout", "clearTimeout", "setInterval", "clearInterval", "document" }
files["Sources/ScriptRuntime/Lua/prelude.lua"] = { globals = { "_G", "package" } }
files["Sources/ScriptRuntime/Lua/require.lua"] = { globals = { "require", "package" } }
files["Sources/ScriptRuntime/Lua/repeatable.lua"] = { globals = { "os", "pairs" } }
files["Sources/decart-lua/Lua/command.lua"] = { globals = { "arg", "_G" } }
files["Sources/PolicyLab/Lua/lab.lua"] = { globals = { "os" } }
files["Sources/ScriptTesting/Lua"] = { globals = { "_G", "assert", "io", "print", "loadfile", "dofile", "arg", "describe", "it", "pending", "insulate", "finally", "spy", "stub" } }
exclude_files = { ".build*" }
-- The harness gives the tests' scripts these; what they set themselves is theirs.
for _, place in ipairs({ "scripts/examples/policies", "Tests/CommandTests/Lua", "Sources/decart-lua/Starter" }) do
  files[place] = { globals = { "assert", "describe", "it", "pending", "insulate", "setup", "teardown", "before_each", "after_each",
    "finally", "spy", "stub" } }
end
files["Tests"] = { globals = { "decart", "check", "raises", "LOADS", "TRIES" }, max_line_length = 130, unused = false }
