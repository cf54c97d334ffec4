import Foundation
import LuaVM
import RunClock
import ScriptRuntime
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ctrl-C and SIGTERM during a run. The first cancels everything and lets tasks clean up; a second one ends the process
/// at once. At the prompt, Ctrl-C stops what is being evaluated.
///
/// It has a thread of its own: the script's may be busy, and has to be stopped all the same.
final class SignalWatch: Sendable {
    /// Script code that comes to no wait for so long is interrupted once: a `pcall` may catch that and clean up.
    private static let patience = Duration.milliseconds(50)
    /// If it still comes to none, it is interrupted until it ends.
    private static let moment = Duration.seconds(1)
    /// After that it is inside one long C call, where Lua cannot be stopped: the process ends.
    private static let grace = Duration.seconds(5)

    private let runtime: ScriptRuntime
    private let interrupter: LuaInterrupter
    private let console: Console
    private let showLast: @Sendable () -> Void
    private let resized: @Sendable () -> Void
    private let hasJobs: @Sendable () -> Bool
    /// Real time, whatever the script's is: the script may be busy, and then its own stands still.
    private let clock = SystemClock()
    private let pipe: (read: Int32, write: Int32)
    private let isFirst = Mutex(true)
    /// The prompt that waits for a line.
    private let prompt = Mutex<LineReader?>(nil)
    /// Ends what goes on after the script has ended; nil while it runs.
    private let service = Mutex<(@Sendable () -> Void)?>(nil)
    /// Stops what the prompt evaluates; nil while it evaluates nothing.
    private let evaluation = Mutex<(@Sendable () -> Void)?>(nil)

    /// - Parameters:
    ///   - showLast: gives the terminal back and tells the ids of unfinished jobs.
    ///   - resized: is called when the terminal has another size.
    ///   - hasJobs: whether there are any; without them, a reader of our output that goes away ends the run at once.
    init?(
        runtime: ScriptRuntime, interrupter: LuaInterrupter, console: Console,
        showLast: @escaping @Sendable () -> Void, resized: @escaping @Sendable () -> Void,
        hasJobs: @escaping @Sendable () -> Bool
    ) {
        var ends: [Int32] = [0, 0]
        guard makePipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.runtime = runtime
        self.interrupter = interrupter
        self.console = console
        self.showLast = showLast
        self.resized = resized
        self.hasJobs = hasJobs
        pipe = (ends[0], ends[1])
        guard SignalPipe.catchSignals([SIGINT, SIGTERM, SIGPIPE, SIGWINCH], writingTo: ends[1]) else { return nil }
        let thread = Thread { [self] in watch() }
        thread.name = "signals"
        thread.start()
    }

    /// The prompt begins to wait for a line, or with nil has got one. Ctrl-C at an idle prompt ends the run, as in
    /// `lua`.
    func prompting(_ reader: LineReader?) {
        prompt.withLock { $0 = reader }
    }

    /// The prompt begins to evaluate something that `stop` ends, or with nil has ended it.
    func evaluating(_ stop: (@Sendable () -> Void)?) {
        evaluation.withLock { $0 = stop }
    }

    /// The script has ended and its page is still served, until `stop`; or with nil, that is over too. A signal that came
    /// already, when the script was just about to end, counts.
    func serving(_ stop: (@Sendable () -> Void)?) {
        service.withLock { $0 = stop }
        if let stop, !isFirst.withLock({ $0 }) { stop() }
    }

    private func watch() {
        var number: UInt8 = 0
        while true {
            let count = read(pipe.read, &number, 1)
            if count == 1 { received(Int32(number)) } else if count == 0 || errno != EINTR { return }
        }
    }

    private func received(_ signal: Int32) {
        if signal == SIGWINCH { return resized() }
        let status = ExitStatus(code: 128 + signal)
        if signal == SIGINT, let stop = evaluation.withLock({ $0 }) {
            stop()
            return interruptBusyScript(then: nil)
        }
        if let prompt = prompt.withLock({ $0 }) {
            prompt.restoreTerminal()
            leave(status)
        }
        if signal == SIGPIPE, !hasJobs() { leave(status) }
        let isFirst = isFirst.withLock { first in
            defer { first = false }
            return first
        }
        guard isFirst else { leave(status) }
        if let stop = service.withLock({ $0 }) { return stop() }
        runtime.interrupt(with: status, message: signal == SIGINT ? "interrupted by Ctrl-C" : "the run was terminated")
        interruptBusyScript(then: status)
    }

    /// Stops script code that does not come to a wait by itself. The watch goes on listening meanwhile.
    private func interruptBusyScript(then status: ExitStatus?) {
        guard let busy = interrupter.interrupt(.look) else { return }
        ifStill(in: busy.turn, after: Self.patience) { [self] _ in
            interrupter.interrupt(.once)
            ifStill(in: busy.turn, after: Self.moment) { [self] _ in
                interrupter.interrupt(.forGood)
                ifStill(in: busy.turn, after: Self.grace) { [self] now in
                    console.error(
                        "\(now.line): the script is inside one long call of a library's, which "
                            + "cannot be interrupted; the process ends")
                    leave(status ?? .interrupted)
                }
            }
        }
    }

    private func ifStill(
        in turn: UInt64, after delay: Duration, _ body: @escaping @Sendable (LuaInterrupter.Sighting) -> Void
    ) {
        clock.wake(at: clock.now + delay) { [self] in
            if let now = interrupter.interrupt(.look), now.turn == turn { body(now) }
        }
    }

    /// Ends the process now, whatever is under way.
    private func leave(_ status: ExitStatus) -> Never {
        showLast()
        _exit(status.code)
    }
}

/// `pipe`, which the watch's own property of that name hides.
private func makePipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
