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
        return LuaCoroutine(state: state, reference: LuaReference(slot: luaL_ref(stack.state, SHIM_REGISTRY)))
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
    public func run(_ task: LuaCoroutine, with answer: LuaAnswer) -> LuaTaskOutcome {
        let stack = LuaStack(state: task.state)
        let start = if case .start = answer { true } else { false }
        let arguments = start ? stack.count - 1 : push(answer, on: stack)
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

    /// Keeps a task's coroutine that was released before; it must still be alive.
    public func retain(_ task: LuaCoroutine) -> LuaCoroutine {
        let stack = LuaStack(state: task.state)
        guard stack.makeRoom(2), main.makeRoom(2) else { return task }
        lua_pushthread(task.state)
        lua_xmove(task.state, main.state, 1)
        return LuaCoroutine(state: task.state, reference: LuaReference(slot: luaL_ref(main.state, SHIM_REGISTRY)))
    }

    /// Whether the script code that runs now is in a shield.
    public var isInShield: Bool { shim_in_shield(main.state) }

    /// Ends a task that is suspended, wherever it is: its pending `<close>` variables run and cannot wait.
    public func drop(_ task: LuaCoroutine) {
        shim_drop_task(task.state)
    }

    /// Lets go of a task's coroutine; its results go with it, unless an object of the script's keeps it.
    public func release(_ task: LuaCoroutine) {
        release(task.reference)
    }
}
