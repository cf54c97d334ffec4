import RunClock
import ScriptRuntime
import Synchronization

/// Notices when a policy is inside one long library call, such as a search for a hostile pattern, where the bound on
/// what a policy may run does not reach it. It watches from a thread other than the policy's.
final class AnswerWatch: Sendable {
    /// How long a policy may take to answer.
    static let patience = Duration.seconds(15)
    /// To set a new limit at every question would cost more than many a policy: they are counted, and polled by the
    /// second.
    static let rules = Escalation.Rules(
        first: .init(giveUp: patience), later: .init(giveUp: patience), interval: .seconds(1))

    private let questions = Atomic<UInt64>(0)
    private let stopper = Mutex<ScriptStopper?>(nil)
    private let clock: any RunClock

    /// - Parameter clock: not the lab's, which stands still while a policy runs.
    init(clock: any RunClock = SystemClock()) {
        self.clock = clock
    }

    /// A question goes out, or an answer has come.
    func passes() {
        questions.add(1, ordering: .relaxed)
    }

    /// - Parameters:
    ///   - place: returns the line that the policy is at.
    ///   - onStuck: called once, on the clock's thread.
    func start(place: @escaping @Sendable () -> String? = { nil }, onStuck: @escaping @Sendable (String?) -> Void) {
        let stopper = ScriptStopper(
            Self.rules, clock: clock,
            look: { [self] in (questions.load(ordering: .relaxed), nil) },
            giveUp: { _, _ in onStuck(place()) })
        self.stopper.withLock { $0 = stopper }
        stopper.ask()
    }

    func stop() {
        stopper.withLock { $0 }?.end()
    }
}
