import Glibc
internal import RunClock
internal import Synchronization

/// A program that runs for a script, and all that it has started: a process group of its own, so that a signal reaches
/// every one of them.
final class ProcessGroup: Sendable {
    /// How long they may take to end when they are asked to.
    static let grace = Duration.seconds(1)

    private static let underWay = Mutex<Set<pid_t>>([])
    /// The terminal's Ctrl-C does not reach them: what is left when this program ends is ended with it.
    private static let endsAtExit: Void = { atexit { ProcessGroup.signalAll(SIGTERM) } }()

    static func signalAll(_ signal: Int32) {
        underWay.withLock { groups in
            for group in groups { kill(-group, signal) }
        }
    }

    private let id = Mutex<pid_t?>(nil)

    var hasBegun: Bool { id.withLock { $0 != nil } }

    func began(as leader: pid_t) {
        _ = Self.endsAtExit
        id.withLock { $0 = leader }
        Self.underWay.withLock { _ = $0.insert(leader) }
    }

    /// The program itself is over. Where the Swift task was cancelled, the rest of the group, which was asked to end
    /// together with it, gets what is left of its time and is ended then.
    func leaderEnded() async {
        guard let id = id.withLock({ $0 }) else { return }
        if Task.isCancelled {
            // In a task of its own, which is not cancelled.
            await Task { await Self.end(id) }.value
        }
        Self.underWay.withLock { _ = $0.remove(id) }
    }

    private static func end(_ id: pid_t) async {
        // Programs take real time, whatever the script's clock is. As long as one of them lives nobody else can be
        // given this number.
        let clock = SystemClock()
        let deadline = clock.now + grace
        while kill(-id, 0) == 0, clock.now < deadline { try? await clock.sleep(for: .milliseconds(20)) }
        kill(-id, SIGKILL)
    }
}
