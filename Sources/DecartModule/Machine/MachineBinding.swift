internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// What a script does outside of itself: files, the environment, other servers.
struct MachineBinding {
    let files: FileBinding
    let fetch: FetchBinding

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        let executor = runtime.taskExecutor
        runtime.describe { [FileBinding.factsRecord] }
        try runtime.announce(
            ScriptPart("files", functions: [("decart.fs", FileBinding.names), ("decart", ["env"])]) { [files] in
                [
                    files.group(),
                    ScriptGroup(
                        GroupDescription(
                            "decart", type: "Decart", "",
                            fields: [FieldDescription("fs", .named("FileSystem"), "Files and folders.")]),
                        [EnvironmentBinding.function()]),
                ]
            })
        try runtime.announce(
            ScriptPart(
                "fetch", source: { PackageResources.fetch_lua }, functions: [("decart", ["fetch"])]
            ) { [fetch] in
                [
                    ScriptGroup(GroupDescription("decart", type: "Decart", ""), [fetch.function(executor)]),
                    FetchBinding.responseGroup(),
                ]
            })
    }
}
