import Synchronization

extension RunClock {
    /// Waits until `instant`, or throws `CancellationError` as soon as the task is cancelled.
    public func sleep(until instant: RunInstant) async throws {
        let sleeper = Sleeper(clock: self)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { sleeper.start($0, until: instant) }
        } onCancel: {
            sleeper.cancel()
        }
    }

    /// Waits for `duration`; see `sleep(until:)`.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now + duration)
    }
}

/// One suspended `sleep`: whoever comes first, the wake or the cancellation, takes the continuation out and resumes it.
private final class Sleeper: Sendable {
    private enum State {
        case idle
        case sleeping(CheckedContinuation<Void, any Error>, WakeID?)
        case done
    }

    private let clock: any RunClock
    private let state = Mutex(State.idle)

    init(clock: any RunClock) {
        self.clock = clock
    }

    func start(_ continuation: CheckedContinuation<Void, any Error>, until instant: RunInstant) {
        let cancelled = state.withLock { state -> Bool in
            guard case .idle = state else { return true }
            state = .sleeping(continuation, nil)
            return false
        }
        guard !cancelled else { return continuation.resume(throwing: CancellationError()) }
        let wake = clock.wake(at: instant) { self.finish()?.resume() }
        let late = state.withLock { state -> Bool in
            guard case .sleeping(let continuation, _) = state else { return true }
            state = .sleeping(continuation, wake)
            return false
        }
        if late { clock.cancelWake(wake) }
    }

    func cancel() {
        guard let (continuation, wake) = take() else { return }
        if let wake { clock.cancelWake(wake) }
        continuation.resume(throwing: CancellationError())
    }

    private func finish() -> CheckedContinuation<Void, any Error>? {
        take()?.0
    }

    private func take() -> (CheckedContinuation<Void, any Error>, WakeID?)? {
        state.withLock { state in
            defer { state = .done }
            guard case .sleeping(let continuation, let wake) = state else { return nil }
            return (continuation, wake)
        }
    }
}
