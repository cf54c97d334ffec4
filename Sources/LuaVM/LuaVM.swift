internal import CLuaShim

/// One Lua machine: the only type through which Swift and Lua touch.
///
/// It is not thread-safe and has one serial owner, which is why it is not `Sendable`. All that can raise in Lua runs
/// under protection in C; errors come out as thrown `LuaError`s and go in by throwing them in a host function.
public final class LuaVM {
    let main: LuaStack
    let kinds: LuaObjectKinds
    private var functions: [HostFunction] = []
    private(set) var isOpen = true
    /// Whether a result of the call under way found no room on the stack: it is an error then.
    var callOverflowed = false
    var interrupter: LuaInterrupter?
    private var warned: ((String) -> Void)?
    private var loads: (([UInt8]) -> Void)?
    private let owner: Owner
    /// A table in the registry: the coroutines that only the script keeps, by their numbers.
    let loose: Int32
    var lastCoroutine = 0

    /// What C holds: it does not keep the machine alive and is told when the machine is gone.
    private final class Owner {
        unowned var vm: LuaVM?
    }

    /// - Parameters:
    ///   - bytecode: whether scripts may load binary chunks, which can crash the interpreter.
    ///   - environment: whether LUA_PATH and LUA_CPATH count.
    /// - Throws: a memory error.
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
        guard
            let state = shim_open(
                Unmanaged.passUnretained(owner).toOpaque(), dispatch, bytecode, environment)
        else {
            throw LuaError(kind: .memory, value: .text("not enough memory"), message: "not enough memory")
        }
        self.owner = owner
        main = LuaStack(state: state)
        kinds = LuaObjectKinds(on: main)
        loose = main.makeWeakTable()
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
        kinds.pushed = nil
    }

    /// Calls `body` for every object that the script is given, also as part of a copied value. It answers the coroutine
    /// that the object keeps alive, if any.
    public func onPush(_ body: @escaping (LuaObject) -> LuaCoroutine?) {
        kinds.pushed = { [unowned self] object, stack in
            guard let coroutine = body(object) else { return false }
            push(coroutine, on: stack)
            return true
        }
    }

    // MARK: Host functions

    private func dispatch(_ number: Int, on stack: LuaStack) -> CInt {
        // A script can change the upvalue that the number is in.
        guard functions.indices.contains(number) else {
            return raise(.message("this function of the host's was changed by the debug library"), on: stack)
        }
        let function = functions[number]
        let call = HostCall(stack: stack, vm: self, function: function)
        guard stack.makeRoom(16) else { return raise(.message("stack overflow"), on: stack) }
        let outerOverflowed = callOverflowed
        callOverflowed = false
        defer { callOverflowed = outerOverflowed }
        do {
            switch try function.body(call) {
            case .returns:
                guard !callOverflowed else { return raise(.message("stack overflow (too many results)"), on: stack) }
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

    /// Pushes a table of these functions by their names, and of `raise`, `nowait` and `guarded`.
    func push(_ table: [HostFunction], on stack: LuaStack) {
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
        stack.push("guarded")
        shim_push_guarded(stack.state)
        lua_rawset(stack.state, -3)
    }

    /// For a process whose script does nearly all of the allocating: arenas of the other threads' own would cost
    /// memory, and a tenth of the start. To be called before there are other threads.
    public static func useOneArena() { shim_use_one_arena() }

    /// Whether standard input has bytes that C's stream, which Lua's `io` reads too, took ahead.
    public static var standardInputIsBuffered: Bool { shim_input_is_buffered() }

    /// "Lua 5.4.4  Copyright (C) …"
    public static var copyright: String { String(cString: shim_copyright()) }

    // MARK: Limits

    /// Bytes that Lua holds now.
    public var memoryUsed: Int { shim_memory_used(main.state) }

    /// Script code that would hold more gets Lua's "not enough memory"; nil means no limit.
    public func limitMemory(to bytes: Int?) {
        shim_memory_limit(main.state, bytes ?? 0)
    }

    /// Gives warnings that are to be shown to `body` instead of standard error.
    public func onWarning(_ body: @escaping (String) -> Void) {
        warned = body
        shim_warn_to(main.state) { owner, message, size in
            guard let owner, let message, let vm = Unmanaged<Owner>.fromOpaque(owner).takeUnretainedValue().vm
            else { return }
            let bytes = UnsafeRawBufferPointer(start: message, count: size)
            vm.warned?(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Tells `body` the path of each file that script code is about to load, by `require` too. Not if scripts may load
    /// binary chunks: the loaders are Lua's own then.
    public func onLoad(_ body: @escaping ([UInt8]) -> Void) {
        loads = body
        shim_tell_loads(main.state) { owner, path, size in
            guard let owner, let path, let vm = Unmanaged<Owner>.fromOpaque(owner).takeUnretainedValue().vm
            else { return }
            vm.loads?(Array(UnsafeRawBufferPointer(start: path, count: size)))
        }
    }

    /// Whether `warn` shows its messages, as after `warn("@on")`.
    public func showWarnings(_ shown: Bool) {
        shim_warnings(main.state, shown)
    }
}
