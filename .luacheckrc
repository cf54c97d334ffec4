std = "lua54"
max_line_length = 120
globals = { "setTimeout", "clearTimeout", "setInterval", "clearInterval", "document" }
files["Sources/ScriptRuntime/Lua/prelude.lua"] = { globals = { "_G" } }
files["Sources/decart-lua/Lua/command.lua"] = { globals = { "arg", "_G" } }
files["Sources/DecartModule/Lua/decart.lua"] = { globals = { "document" } }
exclude_files = { ".build*" }
files["Tests/ScriptRuntimeTests/Lua"] = { globals = { "decart", "check", "raises", "LOADS", "TRIES" } }
