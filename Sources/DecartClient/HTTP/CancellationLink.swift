import Synchronization

/// Connects a cancellation, which may come at any time, to something that can only be cancelled once it has begun.
final class CancellationLink: Sendable {
    private enum State {
        case waiting
        case connected(@Sendable () -> Void)
        case cancelled
    }

    private let state = Mutex(State.waiting)

    /// From now on a cancellation runs `action`. It runs at once if the cancellation has already come.
    func connect(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state -> Bool in
            if case .cancelled = state { return true }
            state = .connected(action)
            return false
        }
        if isLate { action() }
    }

    var isCancelled: Bool {
        state.withLock { state in
            if case .cancelled = state { true } else { false }
        }
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
