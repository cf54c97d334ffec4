public import LuaVM

extension ScriptRuntime {
    /// Loads the host's own Lua: it makes the coroutine of tasks, `require` and the `decart` table's core.
    public func loadPrelude() throws(LuaError) {
        vm.onPush { [weak self] object in
            self?.assumeIsolated { runtime in
                if object.kind == "task" { runtime.tasks[object.id]?.holders += 1 }
                runtime.holders[object.kind]?(object.id)
            }
        }
        let functions = taskFunctions() + timerFunctions() + processFunctions() + lineFunctions() + settlingFunctions()
        let core = try loadInternal(PackageResources.prelude_lua, name: "prelude", [.functions(functions)])
        module = core
        for (source, name) in [
            (PackageResources.together_lua, "together"), (PackageResources.queues_lua, "queues"),
            (PackageResources.abort_lua, "abort"), (PackageResources.require_lua, "require"),
        ] {
            vm.release(try loadInternal(source, name: name, [.reference(core)]))
        }
    }

    /// Runs a Lua file of the host's, which is given the `decart` table, a table of these functions, and its own
    /// arguments.
    @discardableResult
    public func loadModule(
        _ source: [UInt8], name: String, functions: [ModuleFunction], arguments: [LuaVM.Argument] = []
    ) throws(LuaError) -> LuaReference {
        guard let module else { throw .message("the prelude is not loaded") }
        return try loadInternal(
            source, name: name, [.reference(module), .functions(functions.map(hostFunction))] + arguments)
    }

    /// Runs a Lua file of the runtime's own, which is given the core and its arguments.
    func loadOwn(_ source: [UInt8], name: String, _ arguments: [LuaVM.Argument]) throws(LuaError) {
        guard let module else { throw .message("the prelude is not loaded") }
        vm.release(try loadInternal(source, name: name, [.reference(module)] + arguments))
    }

    private func loadInternal(_ source: [UInt8], name: String, _ arguments: [LuaVM.Argument]) throws(LuaError)
        -> LuaReference
    {
        // Chunks with this mark are the host's: positions and tracebacks leave them out.
        let chunk = try vm.load(source, name: "=[decart-lua] \(name)")
        defer { vm.release(chunk) }
        return try vm.callKeeping(chunk, arguments)
    }

    /// Calls `body` with the id of every object of that kind that the script is given, be it a copy: each will be
    /// collected by itself.
    public func onPush(of kind: String, _ body: @escaping (Int) -> Void) {
        holders[kind] = body
    }

    /// Compiles a script. `name` is as in Lua's `load`: `@file` for a file, `=name` for anything else.
    public func compile(_ source: [UInt8], name: String) throws(LuaError) -> LuaReference {
        try vm.load(source, name: name)
    }

    /// Calls a function of the host's own Lua outside of any task: it cannot wait.
    public func call(_ function: LuaReference, _ arguments: [LuaVM.Argument] = []) throws(LuaError) -> [LuaValue] {
        try vm.call(function, arguments)
    }

    /// Lets go of a kept function.
    public func release(_ function: LuaReference) {
        vm.release(function)
    }

    /// Starts a task that the host wants run: a callback of the page's, a line of the prompt's.
    public func spawn(_ function: LuaReference, _ arguments: [LuaVM.Argument] = []) throws(LuaError) {
        addTask(try vm.makeTask(function, arguments), owner: nil)
    }

    /// Whether Lua's `warn` shows its messages.
    public func showWarnings(_ shown: Bool) {
        vm.showWarnings(shown)
    }

    /// Gives Lua's warnings to `body` instead of standard error.
    public func onWarning(_ body: @escaping (String) -> Void) {
        vm.onWarning(body)
    }
}
