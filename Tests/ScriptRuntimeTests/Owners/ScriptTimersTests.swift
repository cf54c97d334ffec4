import LuaVM
import RunClock
import Synchronization
import Testing

@testable import ScriptRuntime

struct ScriptTimersTests {
    private let maker: TaskMaker
    private var timers = ScriptTimers()

    init() throws { maker = try TaskMaker() }

    private func timer(_ id: Int, of owner: ScriptTask?) throws -> ScriptTimer {
        ScriptTimer(id: id, template: try maker.task(0).coroutine, period: nil, due: .start, owner: owner)
    }

    @Test
    mutating func `a timer is on its owner's list for as long as it may fire`() throws {
        let task = try maker.task(1)
        timers.add(try timer(8, of: task))
        timers.add(try timer(3, of: task))
        #expect(task.timers == [3, 8])
        #expect(timers.ids == [3, 8])
        let removed = [8, 8].map { timers.remove($0)?.id }
        #expect(removed == [8, nil])
        #expect(task.timers == [3])
    }

    @Test
    mutating func `what an ended task has set is its owner's`() throws {
        let (owner, task) = (try maker.task(1), try maker.task(2))
        timers.add(try timer(8, of: task))
        timers.passOn(from: task, to: owner)
        #expect(task.timers.isEmpty)
        #expect(owner.timers == [8])
        #expect(timers[8]?.owner === owner)
        timers.passOn(from: owner, to: nil)
        #expect(timers[8]?.owner == nil)
        #expect(!timers.isEmpty)
    }

    /// In milliseconds: when the tick that is over was due, every how many one is, what time it is now; when the next
    /// one is.
    @Test(arguments: [
        (due: 100, period: 10, now: 100, next: 110), (due: 100, period: 10, now: 109, next: 110),
        (due: 100, period: 10, now: 110, next: 110), (due: 100, period: 10, now: 111, next: 120),
        (due: 100, period: 10, now: 120, next: 120), (due: 100, period: 10, now: 100_000_005, next: 100_000_010),
        (due: 0, period: 1, now: 5, next: 5),
    ])
    func `an interval leaves out the ticks that it has missed`(
        _ row: (due: Int64, period: Int64, now: Int64, next: Int64)
    ) {
        func instant(_ milliseconds: Int64) -> RunInstant { .init(nanoseconds: milliseconds * 1_000_000) }
        let next = ScriptTimer.nextTick(
            after: instant(row.due), every: .milliseconds(row.period), now: instant(row.now))
        #expect(next == instant(row.next))
    }

    @Test
    func `a clock has one wake of the runtime's at a time, and none that was taken back`() {
        let clock = VirtualClock()
        let rings = Mutex<[Int64]>([])
        let ring: @Sendable () -> Void = { rings.withLock { $0.append(clock.now.nanoseconds) } }
        var alarm = WakeAlarm()
        alarm.set(to: .init(nanoseconds: 50), on: clock, ring)
        alarm.set(to: .init(nanoseconds: 20), on: clock, ring)
        #expect(clock.pendingWakes == 1)
        #expect(alarm.due == .init(nanoseconds: 20))
        clock.advance(by: .nanoseconds(60))
        #expect(rings.withLock { $0 } == [20])
        alarm.rang()
        #expect(alarm.due == nil)
        alarm.set(to: .init(nanoseconds: 90), on: clock, ring)
        alarm.set(to: nil, on: clock, ring)
        #expect(clock.pendingWakes == 0)
    }
}
