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
    var interrupter: LuaInterrupter?
    private var warned: ((String) -> Void)?
    private let owner: Owner

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
        kinds.pushed = nil
    }

    /// Calls `body` for every object that the script is given, also as part of a copied value.
    public func onPush(_ body: @escaping (LuaObject) -> Void) {
        kinds.pushed = body
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
    }

    /// For a process whose script does nearly all of the allocating: arenas of the other threads' own would cost memory,
    /// and a tenth of the start. To be called before there are other threads.
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

    /// Whether `warn` shows its messages, as after `warn("@on")`.
    public func showWarnings(_ shown: Bool) {
        shim_warnings(main.state, shown)
    }
}
