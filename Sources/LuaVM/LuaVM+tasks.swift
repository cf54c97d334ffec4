internal import CLuaShim

// Tasks as coroutines: made, run, ended.
extension LuaVM {
    /// A new task's coroutine for a kept function.
    public func makeTask(_ function: LuaReference, _ arguments: [Argument] = []) throws(LuaError) -> LuaCoroutine {
        guard main.makeRoom(arguments.count + 16) else { throw .message("stack overflow") }
        push(function, on: main)
        push(arguments, on: main)
        return try makeTask(takingOff: main, arguments: arguments.count)
    }

    func makeTask(takingOff stack: LuaStack, arguments: Int) throws(LuaError) -> LuaCoroutine {
        guard let state = shim_push_task(stack.state, Int32(arguments)) else {
            stack.pop()
            throw .message("too many arguments")
        }
        lastCoroutine += 1
        let reference = LuaReference(slot: luaL_ref(stack.state, SHIM_REGISTRY))
        return LuaCoroutine(state: state, number: lastCoroutine, reference: reference)
    }

    /// A task's coroutine with copies of the function and arguments that `template`, not yet started, holds.
    public func makeTask(copying template: LuaCoroutine) throws(LuaError) -> LuaCoroutine {
        let source = LuaStack(state: template.state)
        let count = source.count
        guard source.makeRoom(count), main.makeRoom(count + 2) else { throw .message("stack overflow") }
        // Its stack: the task's body, the function, the arguments.
        for index in 2...max(2, count) { lua_pushvalue(source.state, Int32(index)) }
        lua_xmove(source.state, main.state, Int32(count - 1))
        return try makeTask(takingOff: main, arguments: count - 2)
    }

    /// Starts or continues a task.
    public func run(_ task: LuaCoroutine, with resumption: LuaResumption) -> LuaTaskOutcome {
        let stack = LuaStack(state: task.state)
        let start = if case .start = resumption { true } else { false }
        let arguments = start ? stack.count - 1 : push(resumption, on: stack)
        var results: Int32 = 0
        switch Int(shim_run_task(task.state, main.state, Int32(arguments), &results)) {
        case Int(SHIM_TASK_WAITS):
            return .waits
        case Int(SHIM_TASK_ENDED):
            return lua_toboolean(task.state, -results) != 0 ? .returned : .failed
        case Int(SHIM_TASK_STRAYED):
            shim_drop_task(task.state)
            stack.push("attempt to yield from outside a coroutine")
            return .failed
        default:
            return .failed
        }
    }

    /// The error that a failed task left, with its traceback.
    public func error(of task: LuaCoroutine) -> LuaError {
        // It is described on the main stack: nothing may be called any more on a coroutine that broke.
        main.balanced {
            guard main.makeRoom(8) else { return .message("stack overflow") }
            pushError(of: task, on: main)
            return keptError(onTopOf: main, of: task.state, kind: .runtime)
        }
    }

    /// Lets go of a task's coroutine, except that what it left can still be asked for as long as an object of the
    /// script's keeps it.
    public func loosen(_ task: LuaCoroutine) -> LuaCoroutine {
        guard let reference = task.reference, main.makeRoom(2) else { return task }
        lua_rawgeti(main.state, SHIM_REGISTRY, Int64(loose))
        push(reference, on: main)
        lua_rawseti(main.state, -2, Int64(task.number))
        main.pop()
        release(reference)
        return LuaCoroutine(state: task.state, number: task.number, reference: nil)
    }

    /// Keeps a task's coroutine again; nil if the script has let go of it as well.
    public func retain(_ task: LuaCoroutine) -> LuaCoroutine? {
        guard !task.isHeld else { return task }
        guard main.makeRoom(2) else { return nil }
        push(task, on: main)
        guard main.type(at: -1) == .thread else {
            main.pop()
            return nil
        }
        let reference = LuaReference(slot: luaL_ref(main.state, SHIM_REGISTRY))
        return LuaCoroutine(state: task.state, number: task.number, reference: reference)
    }

    /// Whether there still is what a task left.
    public func isAlive(_ task: LuaCoroutine) -> Bool {
        guard !task.isHeld else { return true }
        return main.balanced {
            guard main.makeRoom(2) else { return false }
            push(task, on: main)
            return main.type(at: -1) == .thread
        }
    }

    /// Pushes the coroutine itself; nil if it is gone.
    func push(_ task: LuaCoroutine, on stack: LuaStack) {
        if let reference = task.reference { return push(reference, on: stack) }
        lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(loose))
        lua_rawgeti(stack.state, -1, Int64(task.number))
        lua_rotate(stack.state, -2, -1)
        stack.pop()
    }

    /// Whether the script code that runs now is in a shield.
    public var isInShield: Bool { shim_in_shield(main.state) }

    /// Ends a task that is suspended, wherever it is: its pending `<close>` variables run and cannot wait.
    public func drop(_ task: LuaCoroutine) {
        shim_drop_task(task.state)
    }

    /// Lets go of a task's coroutine, and of what it left.
    public func release(_ task: LuaCoroutine) {
        if let reference = task.reference { release(reference) }
    }
}
