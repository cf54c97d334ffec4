import Foundation
import Glibc
import LuaVM
import SandboxKeeper
import Synchronization

/// Signals that end a process, passed on to the script process, which cleans up as it would without a keeper. One that
/// does not end is ended.
final class KeeperSignals: ServiceSignals {
    private let process: ScriptProcess
    private let ends: @Sendable () -> Void
    private let resized: @Sendable () -> Void
    private let pipe: (read: Int32, write: Int32)
    private let state = Mutex(State())

    private struct State {
        var hasCome = false
        /// Ends what goes on after the script has ended.
        var service: (@Sendable () -> Void)?
    }

    /// How long a script process has to end by itself after the first signal; its own watch takes less.
    private static let patience = 20.0

    /// - Parameters:
    ///   - ends: called when the first signal has come: the script is to end.
    ///   - resized: called when the terminal has another size.
    init?(_ process: ScriptProcess, ends: @escaping @Sendable () -> Void, resized: @escaping @Sendable () -> Void) {
        self.ends = ends
        self.resized = resized
        var made: [Int32] = [0, 0]
        guard Glibc.pipe(&made) == 0 else { return nil }
        for end in made { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.process = process
        pipe = (made[0], made[1])
        guard SignalPipe.catchSignals(EndingSignals.heeded + [SIGWINCH], writingTo: made[1]) else { return nil }
        let thread = Thread { [self] in watch() }
        thread.name = "signals"
        thread.start()
    }

    func serving(_ stop: (@Sendable () -> Void)?) {
        let hasCome = state.withLock { state in
            state.service = stop
            return state.hasCome
        }
        if hasCome { stop?() }
    }

    private func watch() {
        var count = 0
        var number: UInt8 = 0
        while true {
            let got = read(pipe.read, &number, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return }
            guard number != SIGWINCH else {
                resized()
                continue
            }
            count += 1
            let service = state.withLock { state in
                state.hasCome = true
                return state.service
            }
            if let service {
                // The second one: what is still to be saved may take its time.
                guard count == 1 else { ProcessEnd.now(128 + Int32(number)) }
                service()
                continue
            }
            if count > 2 { process.kill() }
            ends()
            process.signal(Int32(number))
            if count == 1 {
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [process] in process.kill() }
            }
        }
    }
}
