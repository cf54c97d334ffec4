import RunClock
import Synchronization
import Testing

@testable import PolicyLab

struct AnswerWatchTests {
    private let clock = VirtualClock()

    @Test func `a policy that does not answer for its time is stuck, which is reported once`() {
        let watch = AnswerWatch(clock: clock)
        let reports = Reports()
        watch.start { _ in reports.count.add(1, ordering: .relaxed) }
        clock.advance(by: AnswerWatch.patience - .milliseconds(1))
        #expect(reports.count.load(ordering: .relaxed) == 0)
        clock.advance(by: .milliseconds(1))
        #expect(reports.count.load(ordering: .relaxed) == 1)
        clock.advance(by: .seconds(100))
        #expect(reports.count.load(ordering: .relaxed) == 1)
    }

    @Test func `every question gives it its time anew`() {
        let watch = AnswerWatch(clock: clock)
        let reports = Reports()
        watch.start { _ in reports.count.add(1, ordering: .relaxed) }
        for _ in 1...20 {
            clock.advance(by: AnswerWatch.patience - .seconds(1))
            watch.passes()
        }
        #expect(reports.count.load(ordering: .relaxed) == 0)
        watch.stop()
        clock.advance(by: .seconds(100))
        #expect(reports.count.load(ordering: .relaxed) == 0)
        #expect(clock.pendingWakes == 0)
    }

    private final class Reports: Sendable {
        let count = Atomic(0)
    }
}
