import RunClock
import Synchronization
import Testing

@testable import decart_lua

struct LabWatchTests {
    private let clock = VirtualClock()

    @Test func `a policy that does not answer for its time is stuck, which is told once`() {
        let watch = LabWatch(clock: clock)
        let told = Told()
        watch.start { told.count.add(1, ordering: .relaxed) }
        clock.advance(by: LabWatch.patience)
        #expect(told.count.load(ordering: .relaxed) == 0)
        clock.advance(by: .seconds(1))
        #expect(told.count.load(ordering: .relaxed) == 1)
        clock.advance(by: .seconds(100))
        #expect(told.count.load(ordering: .relaxed) == 1)
    }

    @Test func `every question gives it its time anew`() {
        let watch = LabWatch(clock: clock)
        let told = Told()
        watch.start { told.count.add(1, ordering: .relaxed) }
        for _ in 1...20 {
            clock.advance(by: LabWatch.patience)
            watch.passes()
        }
        #expect(told.count.load(ordering: .relaxed) == 0)
        watch.stop()
        clock.advance(by: .seconds(100))
        #expect(told.count.load(ordering: .relaxed) == 0)
        #expect(clock.pendingWakes == 0)
    }

    private final class Told: Sendable {
        let count = Atomic(0)
    }
}
