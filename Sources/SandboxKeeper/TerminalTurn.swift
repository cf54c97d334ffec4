import Synchronization

/// Who has the terminal: what a script prints, what is typed for it, or a question about it. One at a time, so that
/// nothing of the script's shows up in a question, and no answer goes to the script.
public final class TerminalTurn: Sendable {
    private let lock = Mutex(())

    public init() {}

    public func take<Value>(_ body: () -> Value) -> Value {
        lock.withLock { _ in body() }
    }
}
