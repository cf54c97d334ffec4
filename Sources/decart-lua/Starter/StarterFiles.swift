import ScriptReference

/// What `decart-lua init` puts into a folder: paths below it, and what they hold.
enum StarterFiles {
    static func all() async throws -> [(path: String, bytes: [UInt8])] {
        let reference = try await FullReference.make()
        let types = LuaTypes.modules(of: reference).map { module in
            let path = "types/\(module.replacing(".", with: "/")).lua"
            return (path: path, bytes: Array(LuaTypes(reference, module: module).text.utf8))
        }
        return [
            ("script.lua", PackageResources.script_lua), ("clip.mp4", PackageResources.clip_mp4),
            ("policy.lua", PackageResources.policy_lua), ("policy_test.lua", PackageResources.policy_test_lua),
            (".luarc.json", Array(languageServer.utf8)), (".luacheckrc", Array(luacheck.utf8)),
        ] + types
    }

    private static let languageServer = """
        {
          "runtime.version": "Lua 5.4",
          "workspace.library": ["types"]
        }

        """

    private static let luacheck = """
        std = "lua54"
        globals = { "setTimeout", "clearTimeout", "setInterval", "clearInterval", "document" }
        files["*_test.lua"] = {
          globals = {
            "assert", "describe", "insulate", "it", "pending", "setup", "teardown", "before_each", "after_each", "finally",
            "spy", "stub",
          },
        }
        exclude_files = { "types" }

        """
}
