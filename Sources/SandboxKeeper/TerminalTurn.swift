import Synchronization

/// Who has the terminal: what a script prints, what is typed for it, what it shows, or a question about it. One at a time,
/// so that nothing of the script's shows up in a question, and no answer goes to the script.
public final class TerminalTurn: Sendable {
    private struct State {
        var isRedirected = false
    }

    private let state = Mutex(State())

    public init() {}

    public func take<Value>(_ body: () -> Value) -> Value {
        state.withLock { _ in body() }
    }

    /// For what is written to standard output or standard error. While that leads to whoever shows the script's document,
    /// who takes the terminal for it, nothing is held: the one would wait for the other.
    public func print<Value>(_ body: () -> Value) -> Value {
        state.withLock { $0.isRedirected ? nil : body() } ?? body()
    }

    /// Runs `body`, after which standard output and standard error lead to whoever shows the document; or do not any more.
    ///
    /// - Parameter body: whether it has come to that.
    public func redirect(_ isRedirected: Bool, _ body: () -> Bool) -> Bool {
        state.withLock { state in
            let isDone = body()
            if isDone { state.isRedirected = isRedirected }
            return isDone
        }
    }
}
