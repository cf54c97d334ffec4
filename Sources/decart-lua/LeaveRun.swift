import ScriptRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `os.exit`: ends the process from within a script, as Lua does, but tells the ids of unfinished jobs first.
struct LeaveRun {
    private let close: () -> Void
    private let showJobs: @Sendable () -> Void

    init(runtime: isolated ScriptRuntime, showJobs: @escaping @Sendable () -> Void) {
        close = { runtime.closeForExit() }
        self.showJobs = showJobs
    }

    func callAsFunction(code: Int32, closing: Bool) -> Never {
        showJobs()
        if closing { close() }
        exit(code)
    }
}
