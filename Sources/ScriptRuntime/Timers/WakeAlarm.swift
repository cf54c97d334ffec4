internal import RunClock

/// The one wake that the runtime has asked its clock for.
struct WakeAlarm {
    private var armed: (wake: WakeID, due: RunInstant)?

    /// When it comes; nil for never.
    var due: RunInstant? { armed?.due }

    /// Has the clock call `body` at `due` and at no other time; nil for never.
    mutating func set(to due: RunInstant?, on clock: any RunClock, _ body: @escaping @Sendable () -> Void) {
        if let armed { clock.cancelWake(armed.wake) }
        armed = due.map { (clock.wake(at: $0, body), $0) }
    }

    /// The wake has come.
    mutating func rang() {
        armed = nil
    }
}
