import Synchronization

/// Where one task waits until the test opens it; the test can wait for the task to arrive.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var isCancelled = false
        var visitor: CheckedContinuation<Bool, Never>?
        var hasArrived = false
        var watcher: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// True once the gate is open, false if the task is cancelled before.
    func pass() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (answer, watcher) = state.withLock { state -> (Bool?, CheckedContinuation<Void, Never>?) in
                    defer { state.watcher = nil }
                    state.hasArrived = true
                    if state.isOpen { return (true, state.watcher) }
                    if state.isCancelled { return (false, state.watcher) }
                    state.visitor = continuation
                    return (nil, state.watcher)
                }
                watcher?.resume()
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { state in
                state.isCancelled = true
                defer { state.visitor = nil }
                return state.visitor
            }?.resume(returning: false)
        }
    }

    func open() {
        state.withLock { state in
            state.isOpen = true
            defer { state.visitor = nil }
            return state.visitor
        }?.resume(returning: true)
    }

    /// Returns when somebody waits at the gate.
    func arrival() async {
        await withCheckedContinuation { continuation in
            let hasArrived = state.withLock { state -> Bool in
                if !state.hasArrived { state.watcher = continuation }
                return state.hasArrived
            }
            if hasArrived { continuation.resume() }
        }
    }
}
