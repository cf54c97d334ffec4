import LuaVM
import RunClock
import ScriptRuntime
import Synchronization

/// Ends a test that takes too long in real time: one that polls for ever, one that never comes to a wait, one that
/// waits for a program that does not end.
final class TestWatch: Sendable {
    /// How long code that comes to no wait may take to be left; then it is inside one long C call, and cannot be
    /// stopped.
    private static let grace = Duration.seconds(5)
    /// How long a stopped run may take to end: work of the host's that a task shields cannot be hurried.
    private static let patience = Duration.seconds(60)

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
    private let onStuck: @Sendable (String?) -> Void
    private let state = Mutex(State())

    /// - Parameter onStuck: called where the test cannot be stopped; the process has to end.
    init(
        runtime: ScriptRuntime, interrupter: LuaInterrupter, limit: Duration,
        onStuck: @escaping @Sendable (String?) -> Void
    ) {
        self.runtime = runtime
        self.interrupter = interrupter
        self.limit = limit
        self.onStuck = onStuck
    }

    var message: String { "the test took longer than \(limit.inSeconds) s of real time" }

    func start() {
        wake(after: limit) { [self] in stop() }
    }

    /// The test has ended; answers how it was stopped, if it was.
    func end() -> Stop? {
        state.withLock { state in
            state.isOver = true
            if let wake = state.wake { time.cancelWake(wake) }
            return state.stop
        }
    }

    private func stop() {
        let busy = interrupter.interrupt(.look)
        state.withLock { $0.stop = Stop(line: busy.flatMap { $0.line.isEmpty ? nil : $0.line }) }
        runtime.interrupt(with: .failure, message: message)
        interrupter.interrupt(.forGood)
        insist(Insistence(last: time.now + Self.patience, turn: busy?.turn, turnEnds: time.now + Self.grace))
    }

    private struct Insistence {
        /// When the run must have ended.
        var last: RunInstant
        /// The turn in which script code was seen, and when it must have ended.
        var turn: UInt64?
        var turnEnds: RunInstant
    }

    /// Code that was between two waits when it was interrupted is interrupted again where it is now.
    private func insist(_ insistence: Insistence) {
        wake(after: .milliseconds(100)) { [self] in
            let now = interrupter.interrupt(.forGood)
            let line = now.flatMap { $0.line.isEmpty ? nil : $0.line }
            state.withLock { if $0.stop?.line == nil { $0.stop?.line = line } }
            var next = insistence
            if now?.turn != insistence.turn {
                next.turn = now?.turn
                next.turnEnds = time.now + Self.grace
            }
            let isStuck = time.now >= next.last || now != nil && time.now >= next.turnEnds
            if isStuck { onStuck(line) } else { insist(next) }
        }
    }

    private func wake(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.wake = time.wake(at: time.now + delay) { [self] in
                if !self.state.withLock({ $0.isOver }) { body() }
            }
        }
    }
}

extension Duration {
    /// As a person writes it: "10", "0.5".
    var inSeconds: String {
        let seconds = inMilliseconds / 1000
        return Int(exactly: seconds).map(String.init) ?? "\(seconds)"
    }
}
