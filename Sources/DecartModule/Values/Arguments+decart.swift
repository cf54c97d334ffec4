internal import DecartAPI
internal import LuaVM
internal import ScriptReference
internal import ScriptRuntime

extension Argument {
    /// A name that the server gave, as a value of its type.
    static func id<ID>(
        _ name: String, _ summary: String, make: @escaping (String) throws(DecartError) -> ID
    ) -> Parameter<ID> {
        Argument.string(name, summary).map { text, _, _ throws(LuaError) in
            try raising { () throws(DecartError) in try make(text) }
        }
    }

    /// A path, which need not be text.
    static func path(_ name: String, _ summary: String) -> Parameter<BytePath> {
        Parameter(name, .string, summary) { call, position, _ throws(LuaError) in
            guard call.type(position) == .string else {
                throw call.badArgument(position, "string expected, got \(call.type(position).rawValue)")
            }
            return BytePath(bytes: try call.bytes(position))
        }
    }

    static var jobID: Parameter<JobID> {
        Argument.id("id", "The job's id, as `submit` gave it.", make: JobID.init)
    }
}

/// What a call of the client's gives, its error as the script sees it.
func raising<Value>(_ body: () throws(DecartError) -> Value) throws(LuaError) -> Value {
    do throws(DecartError) {
        return try body()
    } catch {
        throw LuaError(error)
    }
}
