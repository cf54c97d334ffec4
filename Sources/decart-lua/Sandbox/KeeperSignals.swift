import Foundation
import Glibc
import LuaVM
import SandboxKeeper

/// Signals that end a process, passed on to the script process, which cleans up as it would without a keeper. One that
/// does not end is ended.
final class KeeperSignals: Sendable {
    private let process: ScriptProcess
    private let ends: @Sendable () -> Void
    private let pipe: (read: Int32, write: Int32)

    /// How long a script process has to end by itself after the first signal; its own watch takes less.
    private static let patience = 20.0

    /// - Parameter ends: called when the first signal has come: the script is to end.
    init?(_ process: ScriptProcess, ends: @escaping @Sendable () -> Void) {
        self.ends = ends
        var made: [Int32] = [0, 0]
        guard Glibc.pipe(&made) == 0 else { return nil }
        for end in made { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.process = process
        pipe = (made[0], made[1])
        guard SignalPipe.catchSignals(EndingSignals.heeded, writingTo: made[1]) else { return nil }
        let thread = Thread { [self] in watch() }
        thread.name = "signals"
        thread.start()
    }

    private func watch() {
        var count = 0
        var number: UInt8 = 0
        while true {
            let got = read(pipe.read, &number, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return }
            count += 1
            if count > 2 { process.kill() }
            ends()
            process.signal(Int32(number))
            if count == 1 {
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [process] in process.kill() }
            }
        }
    }
}
