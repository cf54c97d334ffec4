import RunClock
import Synchronization

/// Notices when a policy is inside one long call of Lua's own, a search for a hostile pattern say, where the bound on
/// what a policy may run does not reach it. It watches from another thread than the policy's.
final class LabWatch: Sendable {
    private struct State {
        /// Questions so far, and how many there were when last looked.
        var questions = 0
        var seen = -1
        var idle = Duration.zero
        var wake: WakeID?
        var isOver = false
    }

    /// How long a policy may take to answer.
    static let patience = Duration.seconds(15)
    /// How often it looks: to set a new limit at every question would cost more than many a policy.
    private static let glance = Duration.seconds(1)

    private let clock: any RunClock
    private let state = Mutex(State())

    /// - Parameter clock: not the lab's, which stands still while a policy runs.
    init(clock: any RunClock = SystemClock()) {
        self.clock = clock
    }

    /// A question goes out, or an answer has come.
    func passes() {
        state.withLock { $0.questions += 1 }
    }

    /// - Parameter onStuck: called once, on the clock's thread.
    func start(onStuck: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.wake = clock.wake(at: clock.now + Self.glance) { [self] in
                if isStuck() { onStuck() } else { start(onStuck: onStuck) }
            }
        }
    }

    func stop() {
        state.withLock { state in
            state.isOver = true
            if let wake = state.wake { clock.cancelWake(wake) }
        }
    }

    private func isStuck() -> Bool {
        state.withLock { state in
            state.idle = state.questions == state.seen ? state.idle + Self.glance : .zero
            state.seen = state.questions
            return state.idle >= Self.patience && !state.isOver
        }
    }
}
