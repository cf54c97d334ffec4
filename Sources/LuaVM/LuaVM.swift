internal import CLuaShim

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One Lua machine: the only type through which Swift and Lua touch.
///
/// It is not thread-safe and has one serial owner, which is why it is not `Sendable`. All that can raise in Lua runs
/// under protection in C; errors come out as thrown `LuaError`s and go in by throwing them in a host function.
public final class LuaVM {
    let main: LuaStack
    let kinds: LuaObjectKinds
    private var functions: [HostFunction] = []
    private var isOpen = true
    private var interrupter: LuaInterrupter?
    private let owner: Owner

    /// What C holds: it does not keep the machine alive and is told when the machine is gone.
    private final class Owner {
        unowned var vm: LuaVM?
    }

    /// - Parameters:
    ///   - bytecode: whether scripts may load binary chunks, which can crash the interpreter.
    /// - Throws: a memory error.
    ///   - environment: whether LUA_PATH and LUA_CPATH count.
    public init(bytecode: Bool = false, environment: Bool = true) throws(LuaError) {
        let owner = Owner()
        let dispatch: shim_dispatch = { owner, state, number in
            guard let owner, let state else { return CInt(SHIM_RAISE) }
            guard let vm = Unmanaged<Owner>.fromOpaque(owner).takeUnretainedValue().vm else {
                lua_pushnil(state)
                return CInt(SHIM_RAISE)
            }
            return vm.dispatch(Int(number), on: LuaStack(state: state))
        }
        guard let state = shim_open(
            Unmanaged.passUnretained(owner).toOpaque(), dispatch, bytecode, environment) else {
            throw LuaError(kind: .memory, value: .text("not enough memory"), message: "not enough memory")
        }
        self.owner = owner
        main = LuaStack(state: state)
        kinds = LuaObjectKinds(on: main)
        self.bytecode = bytecode
        owner.vm = self
    }

    /// Whether scripts may load binary chunks.
    public let bytecode: Bool

    deinit {
        // Finalizers that still call host functions get an error rather than an object that is going away.
        owner.vm = nil
        close()
    }

    /// Runs pending finalizers and frees everything Lua holds. Nothing may be done with the machine afterwards.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        interrupter?.retire()
        shim_close(main.state)
        functions = []
    }

    // MARK: Host functions

    private func dispatch(_ number: Int, on stack: LuaStack) -> CInt {
        let function = functions[number]
        var call = HostCall(stack: stack, vm: self, name: function.name)
        guard stack.makeRoom(16) else { return raise(.message("stack overflow"), on: stack) }
        do {
            switch try function.body(&call) {
            case .returns:
                guard !call.overflowed else { return raise(.message("stack overflow (too many results)"), on: stack) }
                return CInt(call.resultCount)
            case .waits: return CInt(SHIM_WAIT)
            }
        } catch {
            return raise(error, on: stack)
        }
    }

    private func raise(_ error: LuaError, on stack: LuaStack) -> CInt {
        // The arguments, and results pushed before it came to this, may have left no room.
        lua_settop(stack.state, 0)
        stack.push(error.value, kinds: kinds)
        return CInt(error.wantsPosition ? SHIM_RAISE_HERE : SHIM_RAISE)
    }

    /// Pushes a table of these functions by their names, and of `raise` and `nowait`.
    private func push(_ table: [HostFunction], on stack: LuaStack) {
        lua_createtable(stack.state, 0, Int32(clamping: table.count))
        for function in table {
            stack.push(function.name)
            functions.append(function)
            shim_push_function(stack.state, Int64(functions.count - 1), function.mayWait)
            lua_rawset(stack.state, -3)
        }
        stack.push("raise")
        shim_push_raise(stack.state)
        lua_rawset(stack.state, -3)
        stack.push("nowait")
        shim_push_nowait(stack.state)
        lua_rawset(stack.state, -3)
    }

    // MARK: Chunks

    /// Compiles a chunk. `name` is as in Lua's `load`: `@file` or `=anything`.
    /// - Throws: a syntax error whose message has the line, or a memory error.
    public func load(_ source: [UInt8], name: String) throws(LuaError) -> LuaReference {
        let stack = main
        guard stack.makeRoom(4) else { throw .message("stack overflow") }
        let status = source.withUnsafeBytes { buffer in
            shim_load(stack.state, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, name, bytecode)
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

    private func push(_ arguments: [Argument], on stack: LuaStack) {
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

    // MARK: Tasks

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

    private func push(_ answer: LuaAnswer, on stack: LuaStack) -> Int {
        guard stack.makeRoom(16) else { return 0 }
        switch answer {
        case .start:
            return 0
        case .values(let values):
            guard stack.makeRoom(values.count + 1) else { return push(.error(.message("stack overflow")), on: stack) }
            lua_pushboolean(stack.state, 1)
            for value in values { stack.push(value, kinds: kinds) }
            return values.count + 1
        case .pushing(let body):
            lua_pushboolean(stack.state, 1)
            var pusher = LuaPusher(stack: stack, vm: self)
            body(&pusher)
            return pusher.count + 1
        case .error(let error):
            lua_pushboolean(stack.state, 0)
            stack.push(error.value, kinds: kinds)
            lua_pushboolean(stack.state, error.wantsPosition ? 1 : 0)
            return 3
        case .errorMade(let make):
            return push(.error(make()), on: stack)
        case .raising(let reference):
            lua_pushboolean(stack.state, 0)
            push(reference, on: stack)
            return 2
        case .outcome(let task, let failed):
            lua_pushboolean(stack.state, failed ? 0 : 1)
            if failed {
                pushError(of: task, on: stack)
                return 2
            }
            guard let count = copyResults(of: task, to: stack) else {
                stack.pop()
                return push(.error(.message("stack overflow (too many results)")), on: stack)
            }
            return count + 1
        }
    }

    /// Copies the results of a task that returned; answers how many, nil if there is no room for them.
    func copyResults(of task: LuaCoroutine, to stack: LuaStack) -> Int? {
        let source = LuaStack(state: task.state)
        // Below them: `true`. The task's body left nothing else.
        let count = source.count - 1
        guard count > 0 else { return 0 }
        guard source.makeRoom(count), stack.makeRoom(count + 1) else { return nil }
        for index in 2...(count + 1) { lua_pushvalue(source.state, Int32(index)) }
        lua_xmove(source.state, stack.state, Int32(count))
        return count
    }

    /// Pushes the error value that a failed task left; nil for one that was dropped.
    func pushError(of task: LuaCoroutine, on stack: LuaStack) {
        let source = LuaStack(state: task.state)
        guard source.count > 0, source.makeRoom(1) else { return lua_pushnil(stack.state) }
        lua_pushvalue(task.state, -1)
        lua_xmove(task.state, stack.state, 1)
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

    /// Ends a task that is suspended, wherever it is: its pending `<close>` variables run and cannot wait.
    public func drop(_ task: LuaCoroutine) {
        shim_drop_task(task.state)
    }

    /// Lets go of a task's coroutine; its results go with it, unless an object of the script's keeps it.
    public func release(_ task: LuaCoroutine) {
        release(task.reference)
    }

    // MARK: Positions

    /// "poll.lua:7", the nearest line of the user's.
    public func line(of position: LuaPosition) -> String? {
        main.balanced {
            shim_push_where(main.state, position.state) ? main.text(at: -1) : nil
        }
    }

    /// The name by which the user's line calls the function that waits there: "receive".
    public func calledName(at position: LuaPosition) -> String? {
        main.balanced {
            shim_push_called_name(main.state, position.state) ? main.text(at: -1) : nil
        }
    }

    /// The error value on top of `stack`, as it showed itself when `coroutine` raised it.
    private func keptError(onTopOf stack: LuaStack, of coroutine: OpaquePointer, kind: LuaError.Kind) -> LuaError {
        var error = error(onTopOf: stack, kind: kind)
        main.balanced {
            shim_push_traceback(main.state, coroutine)
            if main.type(at: -1) == .string { error.traceback = main.text(at: -1) }
            shim_push_kept_message(main.state, coroutine)
            if main.type(at: -1) == .string { error.message = main.text(at: -1) }
        }
        return error
    }

    private func error(onTopOf stack: LuaStack, kind: LuaError.Kind) -> LuaError {
        _ = stack.makeRoom(8)
        var error = LuaError.value(stack.value(at: -1, kinds: kinds), message: stack.description(at: -1))
        error.kind = kind
        return error
    }

    // MARK: Interruption

    /// What stops this machine's code from another thread. To be called on the thread that runs Lua; `error` is what is
    /// raised.
    public func makeInterrupter(raising error: LuaError) -> LuaInterrupter {
        _ = main.makeRoom(8)
        main.push(error.value, kinds: kinds)
        shim_set_interrupt_error(main.state)
        let interrupter = LuaInterrupter(state: main.state, thread: pthread_self())
        self.interrupter = interrupter
        return interrupter
    }

    /// As the process exits from within script code: closes the machine as it would be at the end of a run, the pending
    /// `<close>` variables of `task` first. Nothing may be done with the machine afterwards.
    public func closeForExit(_ task: LuaCoroutine?) {
        interrupter?.retire()
        shim_close_for_exit(main.state, task?.state)
    }

    /// "Lua 5.4.4  Copyright (C) …"
    public static var copyright: String { String(cString: shim_copyright()) }

    // MARK: Limits

    /// Bytes that Lua holds now.
    public var memoryUsed: Int { shim_memory_used(main.state) }

    /// Script code that would hold more gets Lua's "not enough memory"; nil means no limit.
    public func limitMemory(to bytes: Int?) {
        shim_memory_limit(main.state, bytes ?? 0)
    }

    /// Whether `warn` shows its messages, as after `warn("@on")`.
    public func showWarnings(_ shown: Bool) {
        shim_warnings(main.state, shown)
    }
}
