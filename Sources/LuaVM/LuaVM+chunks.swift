internal import CLuaShim

// Compiled code, and calls of it outside of any task.
extension LuaVM {
    /// Compiles a chunk. `name` is as in Lua's `load`: `@file` or `=anything`.
    /// - Throws: a syntax error whose message has the line, or a memory error.
    public func load(_ source: [UInt8], name: String) throws(LuaError) -> LuaReference {
        let stack = main
        guard stack.makeRoom(4) else { throw .message("stack overflow") }
        let status = source.withUnsafeBytes { buffer in
            shim_load(
                stack.state, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, name, bytecode)
        }
        guard status == 0 else {
            defer { stack.pop() }
            throw error(onTopOf: stack, kind: status == 4 ? .memory : .syntax)
        }
        return LuaReference(slot: luaL_ref(stack.state, SHIM_REGISTRY))
    }

    /// What a chunk called by the host is given.
    public enum Argument {
        case value(LuaValue)
        case reference(LuaReference)
        /// A table of host functions by name.
        case functions([HostFunction])
    }

    /// Calls a function outside of any task: it cannot wait. Answers copies of its results.
    public func call(_ function: LuaReference, _ arguments: [Argument] = []) throws(LuaError) -> [LuaValue] {
        let height = main.count
        defer { lua_settop(main.state, Int32(height)) }
        try invoke(function, arguments)
        return (height..<main.count).map { main.value(at: $0 + 1, kinds: kinds) }
    }

    /// Calls a function as `call` does and keeps its first result.
    public func callKeeping(_ function: LuaReference, _ arguments: [Argument] = []) throws(LuaError) -> LuaReference {
        let height = main.count
        defer { lua_settop(main.state, Int32(height)) }
        try invoke(function, arguments)
        lua_settop(main.state, Int32(height + 1))
        return LuaReference(slot: luaL_ref(main.state, SHIM_REGISTRY))
    }

    private func invoke(_ function: LuaReference, _ arguments: [Argument]) throws(LuaError) {
        guard main.makeRoom(arguments.count + 16) else { throw .message("stack overflow") }
        push(function, on: main)
        push(arguments, on: main)
        let status = shim_call(main.state, Int32(arguments.count), -1)
        guard status == 0 else {
            throw keptError(onTopOf: main, of: main.state, kind: status == 4 ? .memory : .runtime)
        }
    }

    func push(_ reference: LuaReference, on stack: LuaStack) {
        lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(reference.slot))
    }

    func push(_ arguments: [Argument], on stack: LuaStack) {
        for argument in arguments {
            switch argument {
            case .value(let value): stack.push(value, kinds: kinds)
            case .reference(let reference): push(reference, on: stack)
            case .functions(let functions): push(functions, on: stack)
            }
        }
    }

    /// Lets go of a kept value.
    public func release(_ reference: LuaReference) {
        guard isOpen else { return }
        luaL_unref(main.state, SHIM_REGISTRY, reference.slot)
    }
}
