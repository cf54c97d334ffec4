import LuaVM

/// A Lua machine with short ways to run things on it.
struct Machine {
    let vm: LuaVM

    init(bytecode: Bool = false) throws(LuaError) {
        vm = try LuaVM(bytecode: bytecode)
    }

    /// Runs Lua outside of any task. `host` there holds these functions, `...` after it these values.
    @discardableResult
    func run(
        _ lua: String, _ functions: [HostFunction] = [], with values: [LuaValue] = []
    ) throws(LuaError) -> [LuaValue] {
        let chunk = try load(lua)
        defer { vm.release(chunk) }
        return try vm.call(chunk, [.functions(functions)] + values.map { .value($0) })
    }

    /// Makes a task of Lua, with `host` as in `run`.
    func task(_ lua: String, _ functions: [HostFunction] = []) throws(LuaError) -> LuaCoroutine {
        let chunk = try load(lua)
        defer { vm.release(chunk) }
        return try vm.makeTask(chunk, [.functions(functions)])
    }

    /// The error that running this Lua raises; nil if it raises none.
    func error(of lua: String, _ functions: [HostFunction] = [], with values: [LuaValue] = []) -> LuaError? {
        do {
            try run(lua, functions, with: values)
            return nil
        } catch {
            return error
        }
    }

    private func load(_ lua: String) throws(LuaError) -> LuaReference {
        try vm.load(Array("local host = ...; \(lua)".utf8), name: "=test")
    }
}
