import RunClock
import Synchronization

/// Wakes one task that waits for a time or for something to happen. A ring that comes before the wait is not lost.
final class Bell: Sendable {
    private enum State {
        case silent
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.silent)

    func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .waiting(let continuation) = state else {
                state = .rung
                return nil
            }
            state = .silent
            return continuation
        }
        waiting?.resume()
    }

    /// Returns when it rings, when the time has come, or when the task is cancelled.
    func wait(until instant: RunInstant?, on clock: any RunClock) async {
        let wake = instant.map { clock.wake(at: $0) { self.ring() } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state -> Bool in
                    guard case .silent = state else {
                        state = .silent
                        return true
                    }
                    state = .waiting(continuation)
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        if let wake { clock.cancelWake(wake) }
    }
}
