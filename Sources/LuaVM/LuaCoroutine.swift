internal import CLuaShim

/// The coroutine of a task, kept alive until `LuaVM.release`.
public struct LuaCoroutine {
    let state: OpaquePointer
    let reference: LuaReference

    func push(on stack: LuaStack) {
        lua_rawgeti(stack.state, SHIM_REGISTRY, Int64(reference.slot))
    }
}

/// With what a task is started or goes on.
public enum LuaAnswer {
    case start
    case values([LuaValue])
    case error(LuaError)
    /// An error made at the moment it goes in.
    case errorMade(() -> LuaError)
    /// The error value, or the results, of a task that has ended.
    case outcome(of: LuaCoroutine, failed: Bool)
    /// Whatever the closure pushes.
    case pushing((inout LuaPusher) -> Void)
    /// A kept value, raised.
    case raising(LuaReference)
}

/// Pushes the results of a wait straight onto the task's stack.
public struct LuaPusher {
    let stack: LuaStack
    let vm: LuaVM
    private(set) var count = 0

    public mutating func push(_ value: LuaValue) {
        guard stack.makeRoom(8) else { return }
        stack.push(value, kinds: vm.kinds)
        count += 1
    }
}

/// What a task did when it was run.
public enum LuaTaskOutcome {
    /// Its body returned; its results stay on its coroutine until it is released.
    case returned
    /// Its body raised; the error value stays on its coroutine.
    case failed
    case waits
}
