import LuaVM
import RunClock
import ScriptRuntime
import Synchronization

/// Ends a test that takes too long in real time: one that polls forever, one that never comes to a wait, one that
/// waits for a program that does not end.
final class TestWatch: Sendable {
    /// Code that does not come to a wait within five seconds of being interrupted is inside one long C call. A stopped
    /// run may take a minute to end: the host's work that a task shields cannot be hurried.
    private static let rules = Escalation.Rules(
        first: .init(forGood: .zero, giveUp: patience), later: .init(forGood: .zero, giveUp: patience),
        total: .seconds(60), interval: .milliseconds(100))

    private static let patience = Duration.seconds(5)

    struct Stop: Sendable {
        /// "poll_test.lua:7", where it was; nil while it waited.
        var line: String?
    }

    private struct State {
        var isOver = false
        var stop: Stop?
        var wake: WakeID?
    }

    private let time = SystemClock()
    private let runtime: ScriptRuntime
    private let interrupter: LuaInterrupter
    private let limit: Duration
    private let stopper: ScriptStopper
    private let state = Mutex(State())

    /// - Parameter onStuck: called if the test cannot be stopped; the process has to end.
    init(
        runtime: ScriptRuntime, interrupter: LuaInterrupter, limit: Duration,
        onStuck: @escaping @Sendable (String?) -> Void
    ) {
        self.runtime = runtime
        self.interrupter = interrupter
        self.limit = limit
        stopper = ScriptStopper(Self.rules, of: interrupter) { _, line in onStuck(line) }
    }

    func start() {
        state.withLock { state in
            state.wake = time.wake(at: time.now + limit) { [self] in stop() }
        }
    }

    /// The test has ended. Returns how it was stopped, if it was.
    func end() -> Stop? {
        stopper.end()
        return state.withLock { state in
            state.isOver = true
            if let wake = state.wake { time.cancelWake(wake) }
            return state.stop.map { Stop(line: $0.line ?? stopper.place) }
        }
    }

    /// Closes the test's machine, which runs the finalizers that are left: nothing can interrupt them.
    /// - Parameter onStuck: called if they do not come to an end, from another thread; the process has to end.
    func closing(_ close: () -> Void, onStuck: @escaping @Sendable () -> Void) {
        let wake = time.wake(at: time.now + Self.patience, onStuck)
        close()
        time.cancelWake(wake)
    }

    private func stop() {
        // Before anything else, so that the place is the one where the limit found it, and not where it cleans up.
        let line = interrupter.interrupt(.look).flatMap { $0.line.isEmpty ? nil : $0.line }
        let isOver = state.withLock { state in
            if !state.isOver { state.stop = Stop(line: line) }
            return state.isOver
        }
        guard !isOver else { return }
        runtime.interrupt(
            with: .failure, message: "the test took longer than \(limit.inSeconds) s of real time")
        stopper.ask()
    }
}

extension Duration {
    /// As people write it: "10", "0.5".
    var inSeconds: String {
        let seconds = inMilliseconds / 1000
        return Int(exactly: seconds).map(String.init) ?? "\(seconds)"
    }
}
