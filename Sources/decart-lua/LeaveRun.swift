import Glibc
import ScriptRuntime

/// `os.exit`: ends the process from within a script, as Lua does, but first restores the terminal and names the
/// unfinished jobs.
struct LeaveRun {
    private let close: () -> Void
    private let showLastState: () -> Void
    private let words: LastWords

    /// - Parameter showLastState: shows the document's last state, on the script's thread.
    init(runtime: isolated ScriptRuntime, words: LastWords, showLastState: @escaping () -> Void) {
        close = { runtime.closeForExit() }
        self.showLastState = showLastState
        self.words = words
    }

    func callAsFunction(code: Int32, closing: Bool) -> Never {
        // What C's streams still hold is printed above the last state.
        let status = StandardOutput.finish(code, words.console)
        showLastState()
        words.processEnds(isSuccess: status == EXIT_SUCCESS)
        if closing { close() }
        exit(StandardOutput.finish(status, words.console))
    }
}
