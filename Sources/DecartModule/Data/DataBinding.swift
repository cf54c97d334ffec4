internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

/// Texts and bytes as scripts read, write and compare them: `decart.json`, `decart.csv`, `decart.hash`.
struct DataBinding {
    let hashes: HashBinding

    func install(in runtime: isolated ScriptRuntime) throws(LuaError) {
        try runtime.announce(
            ScriptPart(
                "json", source: { PackageResources.json_lua },
                functions: [("decart.json", ["encode", "decode", "array"])], provides: ["json_null", "json_decode"],
                primitives: Self.primitives
            ) {
                [JSONBinding.group(), Self.fields([("json", "JSON", "JSON, read and written.")])]
            })
        try runtime.loadModule(PackageResources.null_lua, name: "null")
        try runtime.announce(
            ScriptPart("texts", functions: [("decart.csv", ["decode", "encode"]), ("decart.hash", ["sha256"])]) {
                [hashes] in
                [
                    CSVBinding.group(), hashes.group(),
                    Self.fields([
                        ("csv", "CSV", "Comma-separated values, read and written."), ("hash", "Hash", "Digests."),
                    ]),
                ]
            })
    }

    private static func primitives() -> [ModuleFunction] {
        [
            ModuleFunction("null") { call throws(LuaError) in
                call.push(.object(LuaObject(kind: JSONComposer.null, id: 0)))
                return .returns
            }
        ]
    }

    private static func fields(_ fields: [(name: String, type: String, summary: String)]) -> ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "decart", type: "Decart", "",
                fields: fields.map { FieldDescription($0.name, .named($0.type), $0.summary) }), [])
    }
}
