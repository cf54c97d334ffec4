import RunClock

/// A virtual clock for those who do not run on the script's loop. Virtual time goes on when that loop has nothing left
/// to do, and a wake that gives it nothing to do would be the last: so after each of them the loop is asked to look
/// again.
struct NudgingClock: RunClock {
    let base: any RunClock
    let nudge: @Sendable () -> Void

    var now: RunInstant { base.now }
    var unixTime: Double { base.unixTime }

    @discardableResult
    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        base.wake(at: instant) { [nudge] in
            body()
            nudge()
        }
    }

    func cancelWake(_ id: WakeID) { base.cancelWake(id) }
}
