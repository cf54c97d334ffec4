import Glibc
import Synchronization

/// A bar on standard error while a policy runs, where that is a terminal.
final class LabProgress: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let name: String
    private let jobs: Int
    private let shown = Mutex(-1)

    init(_ name: String, jobs: Int) {
        self.name = name
        self.jobs = max(1, jobs)
    }

    /// - Parameter over: how many waits are over.
    func show(over: Int) {
        let share = over * 100 / jobs
        guard isTerminal,
            shown.withLock({
                let old = $0
                $0 = share
                return old != share
            })
        else { return }
        let done = share * 30 / 100
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: 30 - done)
        Console.write("\r\(bar) \(share) %  \(name)\u{1B}[K")
    }

    func clear() {
        if isTerminal { Console.write("\r\u{1B}[K") }
    }
}
