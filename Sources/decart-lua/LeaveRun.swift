import ScriptRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `os.exit`: ends the process from within a script, as Lua does, but gives the terminal back and tells the ids of
/// unfinished jobs first.
struct LeaveRun {
    private let close: () -> Void
    private let showLast: (_ code: Int32) -> Void

    /// - Parameter showLast: shows the last state and the ids.
    init(runtime: isolated ScriptRuntime, showLast: @escaping (_ code: Int32) -> Void) {
        close = { runtime.closeForExit() }
        self.showLast = showLast
    }

    func callAsFunction(code: Int32, closing: Bool) -> Never {
        // What C's streams hold goes out above the last state.
        Console.flush()
        showLast(code)
        if closing { close() }
        exit(code)
    }
}
