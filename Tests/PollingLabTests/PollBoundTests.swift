import SeededNumbers
import Testing

@testable import PollingLab

struct PollBoundTests {
    /// The gains that theory gives, found here by adding up √(f·S).
    @Test(
        arguments: [
            (.lognormal(median: 60_000, sigma: 0.3), 1.961), (.lognormal(median: 60_000, sigma: 0.5), 1.366),
            (.lognormal(median: 60_000, sigma: 0.8), 1.095), (.exponential(mean: 60_000), 1),
            (.uniform(from: 0, to: 120_000), 1.125), (.uniform(from: 20_000, to: 30_000), 5.625),
            (.mixture([.exponential(mean: 5000), .exponential(mean: 5000)]), 1),
        ] as [(JobDurations, Double)])
    func `the most to be gained is as theory has it`(durations: JobDurations, gain: Double) throws {
        let found = try #require(PollBound.gain(mean: durations.mean, spread: PollBound.spread(durations)))
        #expect(abs(found / gain - 1) < 0.003)
    }

    @Test func `there is no limit to what exact times can gain`() {
        #expect(PollBound.gain(mean: 60_000, spread: PollBound.spread(.fixed(60_000))) == nil)
    }

    @Test func `of recorded durations the bound is estimated`() throws {
        var random = SplitMix64(seed: 3)
        let times = (0..<2000).map { _ in JobDurations.lognormal(median: 60_000, sigma: 0.3).sample(&random) }
        let durations = JobDurations.recorded(times)
        let gain = try #require(PollBound.gain(mean: durations.mean, spread: PollBound.spread(durations)))
        #expect(abs(gain - 1.96) < 0.1)
    }
}
