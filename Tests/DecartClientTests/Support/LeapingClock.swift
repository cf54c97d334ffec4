import RunClock
import Synchronization

/// A clock on which every wait is over at once, and time has passed all the same. It keeps what was waited for.
final class LeapingClock: RunClock {
    private struct State {
        var now = RunInstant.start
        var waits: [Duration] = []
        var cancelled: Set<WakeID> = []
    }

    private let state = Mutex(State())

    var now: RunInstant { state.withLock { $0.now } }
    /// 2026-01-01T00:00:00Z at the start.
    var unixTime: Double { 1_767_225_600 + Double(now.nanoseconds) / 1e9 }
    var waits: [Duration] { state.withLock { $0.waits } }

    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        let id = state.withLock { state in
            state.waits.append(instant - state.now)
            state.now = max(state.now, instant)
            return WakeID(raw: UInt64(state.waits.count))
        }
        Task {
            if !state.withLock({ $0.cancelled.contains(id) }) { body() }
        }
        return id
    }

    func cancelWake(_ id: WakeID) {
        state.withLock { _ = $0.cancelled.insert(id) }
    }
}
