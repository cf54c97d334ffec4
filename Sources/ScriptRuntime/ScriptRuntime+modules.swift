public import LuaVM
public import ScriptReference

extension ScriptRuntime {
    /// Loads the host's own Lua, which makes the tasks' coroutines, `require` and the core of the `decart` table.
    public func loadPrelude() throws(LuaError) {
        vm.onPush { [self] object in
            if object.kind == "task" {
                tasks[object.id]?.holders += 1
                return tasks[object.id]?.coroutine
            }
            holders.first { $0.kind == object.kind }?.body(object.id)
            return nil
        }
        let groups = [Self.decartGroup([spawnFunction(), sleepFunction(), nowFunction()]), timerGroup(), taskGroup()]
        let parts = ownParts()
        register(groups[0])
        for part in parts { note(part) }
        for group in groups[1...] { register(group) }
        rows.append(RowSource(Self.queueGroups))
        describe { Self.records }
        let primitives = corePrimitives() + partPrimitives() + taskPrimitives() + settlingFunctions()
        module = try loadInternal(
            PackageResources.prelude_lua, name: "prelude",
            [.functions(primitives.map(hostFunction))] + groups.map { .functions($0.primitives.map(hostFunction)) })
        for part in parts { try tellOf(part) }
    }

    /// Runs one of the host's Lua files. It receives the core of `decart`, a table of the primitives, a table for each
    /// group with those of its functions that are written in Swift, and its own arguments.
    @discardableResult
    public func loadModule(
        _ source: [UInt8], name: String, functions primitives: [ModuleFunction] = [], groups: [ScriptGroup] = [],
        arguments: [LuaVM.Argument] = []
    ) throws(LuaError) -> LuaReference {
        guard let module else { throw .message("the prelude is not loaded") }
        for group in groups { register(group) }
        return try loadInternal(
            source, name: name,
            [.reference(module), .functions(primitives.map(hostFunction))]
                + groups.map { .functions($0.primitives.map(hostFunction)) } + arguments)
    }

    /// Adds tables that scripts receive to the reference. They are made when somebody asks.
    public func describe(_ records: @escaping () -> [RecordDescription]) {
        described.append(records)
    }

    /// Everything that scripts see, as far as it has been loaded.
    public var reference: ScriptReference {
        var reference = ScriptReference()
        for source in rows { for group in source.groups { reference.add(group.whole) } }
        for records in described { for record in records() { reference.add(record) } }
        return reference
    }

    private func register(_ group: ScriptGroup) {
        rows.append(RowSource(made: [group]))
    }

    /// The groups at a path that a script has come to need.
    private func groups(at path: String) -> [ScriptGroup] {
        rows.flatMap { $0.made ?? [] }.filter { $0.description.path == path }
    }

    /// By function: where its table of options is that may have a `signal`.
    func signals(of path: String) -> LuaTable {
        LuaTable(
            fields: groups(at: path).flatMap(\.functions).compactMap { function in
                function.signalPosition.map { (function.description.name, .integer(Int64($0))) }
            })
    }

    /// The options that a function takes.
    func options(of function: String, at path: String) -> [OptionDescription] {
        for group in groups(at: path) {
            for row in group.functions where row.description.name == function {
                for parameter in row.description.parameters {
                    if case .options(let known) = parameter.type { return known }
                }
            }
        }
        return []
    }

    /// Runs one of the runtime's own Lua files, which receives the core and its arguments.
    func loadOwn(_ source: [UInt8], name: String, _ arguments: [LuaVM.Argument]) throws(LuaError) {
        guard let module else { throw .message("the prelude is not loaded") }
        vm.release(try loadInternal(source, name: name, [.reference(module)] + arguments))
    }

    private func loadInternal(_ source: [UInt8], name: String, _ arguments: [LuaVM.Argument]) throws(LuaError)
        -> LuaReference
    {
        let chunk = try compileOwn(source, name: name)
        defer { vm.release(chunk) }
        return try vm.callKeeping(chunk, arguments)
    }

    /// Compiles some of the host's own Lua. Chunks with this mark belong to the host: positions and tracebacks leave
    /// them out.
    func compileOwn(_ source: [UInt8], name: String) throws(LuaError) -> LuaReference {
        try vm.load(source, name: "=[decart-lua] \(name)")
    }

    /// Calls `body` with the id of every object of that kind that the script receives, even a copy: each will be
    /// collected by itself.
    public func onPush(of kind: String, _ body: @escaping (Int) -> Void) {
        holders.removeAll { $0.kind == kind }
        holders.append((kind, body))
    }

    /// Compiles a script. `name` is as in Lua's `load`: `@file` for a file, `=name` for anything else.
    public func compile(_ source: [UInt8], name: String) throws(LuaError) -> LuaReference {
        try vm.load(source, name: name)
    }

    /// Calls a function of the host's own Lua outside any task, so it cannot wait.
    public func call(_ function: LuaReference, _ arguments: [LuaVM.Argument] = []) throws(LuaError) -> [LuaValue] {
        try vm.call(function, arguments)
    }

    /// Lets go of a kept function.
    public func release(_ function: LuaReference) {
        vm.release(function)
    }

    /// Starts a task for the host: a callback from the page, a line from the prompt.
    public func spawn(_ function: LuaReference, _ arguments: [LuaVM.Argument] = []) throws(LuaError) {
        addTask(try vm.makeTask(function, arguments), owner: nil)
    }

    /// Script code that would hold more than so many bytes gets Lua's "not enough memory".
    public func limitMemory(to bytes: Int) {
        vm.limitMemory(to: bytes)
    }

    /// Whether Lua's `warn` shows its messages.
    public func showWarnings(_ shown: Bool) {
        vm.showWarnings(shown)
    }

    /// Gives Lua's warnings to `body` instead of standard error.
    public func onWarning(_ body: @escaping (String) -> Void) {
        vm.onWarning(body)
    }

    /// Tells `body` the path of each file that the script is about to load.
    public func onLoad(_ body: @escaping ([UInt8]) -> Void) {
        vm.onLoad(body)
    }
}
