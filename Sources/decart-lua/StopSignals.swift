import Foundation
import LuaVM

/// Ctrl-C, SIGTERM and what else ends a process, for a command that runs no script. The first asks it to stop, a second
/// ends it at once.
///
/// They are handled on a thread of their own, so that a busy thread pool does not delay them.
final class StopSignals: Sendable {
    private let pipe: (read: Int32, write: Int32)
    private let stop: @Sendable (_ signal: Int32) -> Void
    private let leave: @Sendable (_ signal: Int32) -> Never

    /// - Parameters:
    ///   - stop: called at the first signal.
    ///   - leave: called at the second; ends the process.
    init?(stop: @escaping @Sendable (Int32) -> Void, leave: @escaping @Sendable (Int32) -> Never) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = (ends[0], ends[1])
        self.stop = stop
        self.leave = leave
        guard SignalPipe.catchSignals(EndingSignals.heeded, writingTo: ends[1]) else { return nil }
        let thread = Thread { [self] in listen() }
        thread.name = "signals"
        thread.start()
    }

    /// Somebody else catches the signals by now.
    func end() {
        close(pipe.write)
    }

    private func listen() {
        defer { close(pipe.read) }
        var isFirst = true
        var number: UInt8 = 0
        while true {
            let count = read(pipe.read, &number, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return }
            guard isFirst else { leave(Int32(number)) }
            isFirst = false
            stop(Int32(number))
        }
    }
}
