import RunClock

/// A virtual clock for code that does not run on the script's loop. Virtual time moves on when that loop has nothing
/// left to do, and a wake that gives it nothing to do would be the last one. So after each wake the loop is asked to
/// look again.
struct LoopWakingClock: RunClock {
    let base: any RunClock
    let wakeLoop: @Sendable () -> Void

    var now: RunInstant { base.now }
    var isRepeatable: Bool { base.isRepeatable }
    var unixTime: Double { base.unixTime }

    @discardableResult
    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        base.wake(at: instant) { [wakeLoop] in
            body()
            wakeLoop()
        }
    }

    func cancelWake(_ id: WakeID) { base.cancelWake(id) }
}
