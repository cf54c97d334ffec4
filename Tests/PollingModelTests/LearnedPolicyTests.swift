import Testing

@testable import PollingModel

struct LearnedPolicyTests {
    private func history(_ count: Int) -> DurationHistory {
        DurationHistory(DurationEstimateTests.exact(DurationEstimateTests.sample(count) { 50_000 + 20_000 * $0 }))
    }

    private func answer(
        _ policy: inout LearnedPolicy, _ history: DurationHistory?, age: Double = 0, chance: Double = 0.5
    ) -> LearnedPolicy.Answer {
        policy.answer(job: "a", age: age, model: "m", history: history, now: 0, chance: chance)
    }

    @Test func `until twenty jobs have completed it polls at a fixed interval`() {
        var policy = LearnedPolicy(interval: 2000)
        for known in [nil, history(0), history(19)] {
            #expect(answer(&policy, known) == LearnedPolicy.Answer(delay: 2000))
        }
        #expect(answer(&policy, history(20)).delay > 10_000)
    }

    @Test func `a delay is varied by a tenth either way`() {
        var policy = LearnedPolicy(interval: 2000)
        #expect(answer(&policy, nil, chance: 0).delay == 1800)
        #expect(answer(&policy, nil, chance: 1).delay == 2200)
    }

    @Test func `it says how long jobs usually take, and when one takes too long`() throws {
        var policy = LearnedPolicy()
        let usual = try #require(answer(&policy, history(400)).usual)
        #expect(abs(usual.lowerBound - 52_000) < 1500)
        #expect(abs(usual.upperBound - 68_000) < 1500)
        #expect(!answer(&policy, history(400), age: 60_000).isStuck)
        #expect(answer(&policy, history(400), age: 90_000).isStuck)
        // What twenty jobs did not do, one in a hundred may.
        var novice = LearnedPolicy()
        #expect(!answer(&novice, history(20), age: 90_000).isStuck)
    }

    @Test func `jobs that have come to take twice as long are noticed within a dozen`() throws {
        var history = history(200)
        var seen = 0
        while let estimate = history.estimate, estimate.quantile(0.5) < 90_000, seen < 100 {
            let time = 100_000 + 40_000 * Double((seen * 7) % 12) / 12
            history.add(try #require(DurationObservation(after: time - 500, before: time)))
            seen += 1
        }
        #expect(seen <= 12)
    }

    @Test func `jobs that take as long as before are not taken for other ones`() throws {
        var history = history(200)
        let before = history.observations.count
        for index in 0..<200 {
            let time = 50_000 + 20_000 * Double((index * 83) % 200) / 200
            history.add(try #require(DurationObservation(after: time - 300, before: time + 1)))
        }
        #expect(history.observations.count == before + 200)
    }

    @Test func `what is held stays bounded`() throws {
        var history = history(0)
        for index in 0..<3000 {
            let time = 50_000 + 20_000 * Double((index * 83) % 200) / 200
            history.add(try #require(DurationObservation(after: time - 300, before: time + 1)))
        }
        #expect(history.observations.count <= DurationHistory.limit * 9 / 8)
    }

    /// Of sixty jobs begun together the quick ones end first: they are not all there are.
    @Test func `jobs still running are not forgotten over those that have ended`() throws {
        var history = DurationHistory()
        let times = DurationEstimateTests.sample(60, DurationEstimateTests.exponential)
        for (index, time) in times.enumerated() where time > 30_000 { history.saw("job \(index)", runningAt: 30_000) }
        for (index, time) in times.enumerated() where time <= 30_000 {
            history.ended("job \(index)", DurationObservation(after: time, before: time))
        }
        let estimate = try #require(history.estimate)
        #expect(abs(estimate.survival(at: 28_000) - 0.627) < 0.06)
    }
}
