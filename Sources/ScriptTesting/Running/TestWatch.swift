import LuaVM
import RunClock
import ScriptRuntime
import Synchronization

/// Ends a test that takes too long in real time: one that polls for ever, one that never comes to a wait, one that waits
/// for a program that does not end.
final class TestWatch: Sendable {
    /// How long code that comes to no wait may take to be left; then it is inside one long C call, and cannot be stopped.
    private static let grace = Duration.seconds(5)

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
        let deadline = time.now + Self.grace
        wake(after: .milliseconds(100)) { [self] in insist(until: deadline) }
    }

    /// Code that was between two waits when it was interrupted is interrupted again where it is now.
    private func insist(until deadline: RunInstant) {
        guard let now = interrupter.interrupt(.forGood) else {
            return wake(after: .milliseconds(100)) { [self] in insist(until: deadline) }
        }
        state.withLock { if $0.stop?.line == nil, !now.line.isEmpty { $0.stop?.line = now.line } }
        guard time.now < deadline else { return onStuck(now.line.isEmpty ? nil : now.line) }
        wake(after: .milliseconds(100)) { [self] in insist(until: deadline) }
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
