import RunClock
import Synchronization
import Testing

struct VirtualClockTests {
    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
        var all: [String] { entries.withLock { $0 } }
    }

    @Test
    func `wakes fire in order of their time and then of their age`() {
        let clock = VirtualClock()
        let log = Log()
        clock.wake(at: .start + .seconds(2)) { log.add("late") }
        clock.wake(at: .start + .seconds(1)) { log.add("first") }
        clock.wake(at: .start + .seconds(1)) { log.add("second") }
        clock.advance(by: .milliseconds(999))
        #expect(log.all.isEmpty)
        clock.advance(by: .seconds(2))
        #expect(log.all == ["first", "second", "late"])
        #expect(clock.now == .start + .milliseconds(2999))
    }

    @Test
    func `a cancelled wake does not fire`() {
        let clock = VirtualClock()
        let log = Log()
        let wake = clock.wake(at: .start + .seconds(1)) { log.add("fired") }
        clock.cancelWake(wake)
        clock.advance(by: .seconds(2))
        #expect(log.all.isEmpty)
        #expect(clock.pendingWakes == 0)
    }

    @Test
    func `a wake may ask for another on the way`() {
        let clock = VirtualClock()
        let log = Log()
        clock.wake(at: .start + .seconds(1)) {
            clock.wake(at: .start + .seconds(2)) { log.add("second") }
        }
        clock.advance(by: .seconds(3))
        #expect(log.all == ["second"])
    }

    @Test
    func `time stands still while outside work is under way`() {
        let clock = VirtualClock(mode: .automatic)
        let log = Log()
        clock.wake(at: .start + .seconds(3600)) { log.add("fired") }
        clock.beginExternalWork()
        clock.ownerIsIdle()
        #expect(log.all.isEmpty)
        clock.endExternalWork()
        clock.ownerIsIdle()
        #expect(log.all == ["fired"])
        #expect(clock.now == .start + .seconds(3600))
        #expect(clock.unixTime == 1_767_225_600 + 3600)
    }

    @Test
    func `a sleep ends at its time, and at once when its task is cancelled`() async {
        let clock = VirtualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(5)) }
        while clock.pendingWakes == 0 { await Task.yield() }
        clock.advance(by: .seconds(5))
        await #expect(throws: Never.self) { try await sleeper.value }
        let cancelled = Task { try await clock.sleep(for: .seconds(5)) }
        while clock.pendingWakes == 0 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(clock.pendingWakes == 0)
    }

    @Test(arguments: [
        (0.0, Duration.zero), (1.5, .microseconds(1500)), (.nan, .zero), (.infinity, .nanoseconds(Int64.max)),
        (-.infinity, .nanoseconds(Int64.min)), (1e300, .nanoseconds(Int64.max)),
    ])
    func `milliseconds of a script become a duration`(_ milliseconds: Double, _ duration: Duration) {
        #expect(Duration.fromMilliseconds(milliseconds) == duration)
    }

    @Test
    func `the time line ends where its numbers do`() {
        let end = RunInstant(nanoseconds: .max)
        #expect(end + .seconds(1) == end)
        #expect(RunInstant(nanoseconds: .min) + .seconds(-1) == RunInstant(nanoseconds: .min))
        #expect(end - RunInstant(nanoseconds: .min) == .nanoseconds(Int64.max))
    }

    @Test(
        arguments: [
            (0, 0), (1, 1_000_000), (0.5, 500_000), (1000.0 / 3, 333_333_334), (1e-9, 1), (-1e-9, 0), (-0.5, -500_000),
            (.nan, 0), (.infinity, Int64.max), (-.infinity, Int64.min),
        ] as [(Double, Int64)])
    func `milliseconds are rounded up to whole nanoseconds`(milliseconds: Double, nanoseconds: Int64) {
        #expect(Duration.fromMilliseconds(milliseconds).saturatingNanoseconds == nanoseconds)
    }

    @Test func `whoever waits for what is left until a deadline is there after one wait`() {
        let clock = VirtualClock()
        for deadline in [1000.0 / 3, 0.1, 1e7 / 3, 86_400_000.0 / 7] {
            clock.advance(by: .fromMilliseconds(deadline - clock.now.milliseconds))
            #expect(clock.now.milliseconds >= deadline)
        }
    }
}
