import RunClock
import Synchronization

/// The lab's time. It is whatever the lab sets it to, and nobody can wait on it.
final class LabClock: RunClock {
    private let time = Mutex(RunInstant.start)

    var now: RunInstant { time.withLock { $0 } }
    var unixTime: Double { VirtualClock.epoch + now.milliseconds / 1000 }

    func move(to milliseconds: Double) {
        time.withLock { $0 = .start + .fromMilliseconds(milliseconds) }
    }

    /// A policy may not wait, so nothing that it could wait for happens.
    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID { WakeID(raw: 0) }
    func cancelWake(_ id: WakeID) {}
}
