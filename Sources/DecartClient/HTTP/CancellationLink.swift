import Synchronization

/// Joins a cancellation that may come at any time to something that can be cancelled only once it has begun.
final class CancellationLink: Sendable {
    private enum State {
        case waiting
        case connected(@Sendable () -> Void)
        case cancelled
    }

    private let state = Mutex(State.waiting)

    /// From now on `action` is what a cancellation does; it is done at once if the cancellation has come already.
    func connect(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state -> Bool in
            if case .cancelled = state { return true }
            state = .connected(action)
            return false
        }
        if isLate { action() }
    }

    func cancel() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            defer { state = .cancelled }
            if case .connected(let action) = state { return action }
            return nil
        }
        action?()
    }
}
