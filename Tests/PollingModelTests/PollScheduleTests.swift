import Foundation
import Testing

@testable import PollingModel

struct PollScheduleTests {
    /// The table of `PollCosts.interval`.
    @Test(
        arguments: [
            (0.01, [2449, 1095, 447, 250]), (1, [24495, 10954, 4472, 1414]),
        ] as [(Double, [Double])])
    func `the interval is as the table says`(poll: Double, intervals: [Double]) {
        let costs = PollCosts(poll: poll)
        let lifetimes: [Double] = [300_000, 60_000, 10_000, 1000]
        for (lifetime, interval) in zip(lifetimes, intervals) {
            #expect(abs(costs.interval(hazard: 1 / lifetime) - interval) < 1)
        }
    }

    private func schedule(_ costs: PollCosts = PollCosts()) throws -> PollSchedule {
        let times = DurationEstimateTests.sample(200) { 50_000 + 20_000 * $0 }
        return PollSchedule(try #require(DurationEstimate(DurationEstimateTests.exact(times))), costs: costs)
    }

    @Test func `the first poll comes shortly before the first jobs end, and then they come often`() throws {
        let schedule = try schedule()
        var time = 0.0
        var polls: [Double] = []
        while time < 70_000 {
            time += schedule.delay(after: time)
            polls.append(time)
        }
        #expect(polls.count { $0 < 48_000 } <= 3)
        #expect(polls.count { $0 > 50_000 && $0 < 70_000 } >= 20)
    }

    @Test func `delays keep to their bounds, also long after the last job seen`() throws {
        let schedule = try schedule(PollCosts(least: 400, most: 20_000))
        for age in stride(from: 0.0, to: 2_000_000, by: 3777) {
            #expect((400...20_000).contains(schedule.delay(after: age)))
        }
        #expect(schedule.delay(after: 1e12) == 20_000)
    }

    @Test func `delays made from shares add up`() throws {
        let schedule = try schedule(PollCosts(least: 1, most: 1e9))
        let whole = schedule.delay(after: 52_000)
        let half = schedule.delay(after: 52_000, share: 0.5)
        let rest = schedule.delay(after: 52_000 + half, share: 0.5)
        #expect(abs(half + rest - whole) < 1)
    }
}
