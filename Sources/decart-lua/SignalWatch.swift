import Foundation
import Glibc
import LuaVM
import RunClock
import ScriptRuntime
import Synchronization

/// Ctrl-C, SIGTERM and what else ends a process during a run, and the loss of whoever reads our output. The first cancels
/// everything and lets tasks clean up; a second one ends the process at once. At the prompt, Ctrl-C stops what is being
/// evaluated.
///
/// It has a thread of its own, since the script's may be busy and must be stopped nevertheless.
final class SignalWatch: ServiceSignals {
    /// Code that does not come to a wait is interrupted once: a `pcall` may catch that and clean up. Turns that begin
    /// later are clean-up, and have the grace period of a cancelled task.
    private static let rules = Escalation.Rules(
        first: steps, later: .init(forGood: .seconds(5), giveUp: .seconds(10)), interval: .milliseconds(200))
    /// The prompt evaluates one turn after another, and only the current one is to be stopped.
    private static let promptRules = Escalation.Rules(first: steps, later: nil, interval: .milliseconds(200))
    private static let steps = Escalation.Steps(
        once: .milliseconds(50), forGood: .milliseconds(1050), giveUp: .milliseconds(6050))

    private struct State {
        /// The signal that has begun to end the run.
        var ending: Int32?
        var stopper: ScriptStopper?
        /// All that is left to do is to let go of things.
        var isScriptOver = false
        /// The prompt that waits for a line.
        var prompt: LineReader?
        /// Stops what the prompt evaluates; nil while it evaluates nothing.
        var evaluation: (@Sendable () -> Void)?
        /// Ends what goes on after the script has ended; nil while it runs.
        var service: (@Sendable () -> Void)?
    }

    private let runtime: ScriptRuntime
    private let interrupter: LuaInterrupter
    private let console: Console
    private let words: LastWords
    private let pipe: (read: Int32, write: Int32)
    private let state = Mutex(State())

    /// - Parameter words: what to print when the process ends at once.
    init?(runtime: ScriptRuntime, interrupter: LuaInterrupter, console: Console, words: LastWords) {
        var ends: [Int32] = [0, 0]
        guard makePipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.runtime = runtime
        self.interrupter = interrupter
        self.console = console
        self.words = words
        pipe = (ends[0], ends[1])
        let signals = EndingSignals.heeded + [SIGPIPE, SIGWINCH]
        guard SignalPipe.catchSignals(signals, writingTo: ends[1]) else { return nil }
        let thread = Thread { [self] in watch() }
        thread.name = "signals"
        thread.start()
    }

    /// The prompt waits for a line. Ctrl-C at an idle prompt ends the run, as in `lua`.
    func promptBegan(_ reader: LineReader) {
        state.withLock { $0.prompt = reader }
    }

    func promptEnded() {
        state.withLock { $0.prompt = nil }
    }

    /// The prompt evaluates something, which `stop` ends.
    func evaluationBegan(stop: @escaping @Sendable () -> Void) {
        state.withLock { $0.evaluation = stop }
    }

    func evaluationEnded() {
        state.withLock { $0.evaluation = nil }
    }

    /// There is no longer a script to stop. What it has left running would be waited for as its files are closed: after
    /// a signal it is ended, which it has a second to do by itself.
    func scriptEnded() {
        let (stopper, isEnding) = state.withLock { state in
            state.isScriptOver = true
            return (state.stopper, state.ending != nil)
        }
        stopper?.end()
        guard isEnding else { return }
        ScriptRuntime.endPrograms()
        let clock = SystemClock()
        _ = clock.wake(at: clock.now + .seconds(1)) { ScriptRuntime.endPrograms(forGood: true) }
    }

    /// The script has ended and its page is still served until `stop`; or, with nil, that is over too. A signal that
    /// came when the script was just about to end counts.
    func serving(_ stop: (@Sendable () -> Void)?) {
        let isEnding = state.withLock { state in
            state.service = stop
            return state.ending != nil
        }
        if isEnding { stop?() }
    }

    private func watch() {
        var number: UInt8 = 0
        while true {
            let count = read(pipe.read, &number, 1)
            if count == 1 { received(Int32(number)) } else if count == 0 || errno != EINTR { return }
        }
    }

    private func received(_ signal: Int32) {
        switch signal {
        case SIGWINCH: words.renderers.resize()
        case SIGPIPE:
            // The signal does not say which descriptor it is about. For sockets, and for programs that the script
            // feeds, the write itself fails.
            if StandardOutput.hasLostReader { end(by: signal) }
        case SIGINT:
            if let stop = state.withLock({ $0.evaluation }) {
                stop()
                stopScript(Self.promptRules, status: .interrupted)
            } else {
                end(by: signal)
            }
        default: end(by: signal)
        }
    }

    private func end(by signal: Int32) {
        let status = ExitStatus(code: 128 + signal)
        if let prompt = state.withLock({ $0.prompt }) {
            prompt.restoreTerminal()
            leave(status)
        }
        if signal == SIGPIPE, !words.hasJobs { leave(status) }
        let first = state.withLock { state in
            defer { state.ending = state.ending ?? signal }
            return state.ending
        }
        guard first == nil else {
            // Every further line that is printed raises it again.
            if signal == SIGPIPE { return }
            leave(status)
        }
        let (service, isScriptOver) = state.withLock { ($0.service, $0.isScriptOver) }
        if let service { return service() }
        if isScriptOver {
            // What could not be written is told as the run ends, which is now.
            if signal == SIGPIPE { return }
            leave(status)
        }
        if signal == SIGXCPU || signal == SIGALRM { tellLine(of: signal) }
        runtime.interrupt(with: status, message: Self.message(of: signal))
        stopScript(Self.rules, status: status)
    }

    private static func message(of signal: Int32) -> String {
        switch signal {
        case SIGINT: "interrupted by Ctrl-C"
        case SIGPIPE: "nobody reads the run's output any more"
        case SIGHUP: "the run's terminal was closed"
        case SIGXCPU: "the run has used up its processor time"
        case SIGALRM: "the run has used up its time"
        default: "the run was terminated"
        }
    }

    /// Says where a run was that has used up what it had.
    private func tellLine(of signal: Int32) {
        words.limitEnd.told()
        let line = interrupter.interrupt(.look)?.line ?? ""
        let console = console
        let message = Self.message(of: signal)
        guard line.isEmpty else { return console.error("\(line): \(message)") }
        // It waits, if it does anything.
        let runtime = runtime
        Task {
            let place = await runtime.whereItWaits
            console.error((place.map { "\($0): " } ?? "") + message)
        }
    }

    /// Stops script code that does not come to a wait by itself. The watch keeps listening meanwhile.
    private func stopScript(_ rules: Escalation.Rules, status: ExitStatus) {
        let stopper = ScriptStopper(rules, of: interrupter) { [self] _, place in
            console.error(
                "\(place ?? "?"): the script is inside one long call of a library's, which cannot be interrupted; the "
                    + "process ends")
            leave(status)
        }
        state.withLock { state in
            state.stopper?.end()
            state.stopper = stopper
        }
        stopper.ask()
    }

    /// Ends the process now, whatever is under way.
    private func leave(_ status: ExitStatus) -> Never {
        words.processEnds(isSuccess: false)
        ProcessEnd.now(status.code)
    }
}

/// `pipe`, which the watch's own property of that name hides.
private func makePipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
