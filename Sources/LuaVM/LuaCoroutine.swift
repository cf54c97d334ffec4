/// The coroutine of a task: kept alive until `LuaVM.release`, or after `LuaVM.loosen` by objects of the script's alone.
public struct LuaCoroutine {
    /// To be used only while `LuaVM.isAlive`.
    let state: OpaquePointer
    /// No other of the machine's has the same.
    let number: Int
    /// nil once only the script keeps it.
    let reference: LuaReference?

    /// Whether the host keeps it.
    public var isHeld: Bool { reference != nil }
}

/// With what a task is started or goes on.
public enum LuaResumption {
    case start
    case values([LuaValue])
    case error(LuaError)
    /// An error made at the moment it goes in.
    case lateError(() -> LuaError)
    /// The error value, or the results, of a task that has ended.
    case outcome(of: LuaCoroutine, failed: Bool)
}

/// What a task did when it was run.
public enum LuaTaskOutcome {
    /// Its body returned; its results stay on its coroutine until it is released.
    case returned
    /// Its body raised; the error value stays on its coroutine.
    case failed
    case waits
}
