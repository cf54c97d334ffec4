import Foundation
import PollingModel
import SeededNumbers
import Testing

@testable import PollingLab

/// Learned polling against theory: nine tenths of what can be gained, and never worse than a fixed interval.
@Suite(.timeLimit(.minutes(5)))
struct LearnedPollingTests {
    static let peaks = JobDurations.mixture([
        .lognormal(median: 30_000, sigma: 0.15), .lognormal(median: 120_000, sigma: 0.15),
    ])

    @Test(
        arguments: [
            .lognormal(median: 60_000, sigma: 0.3), .lognormal(median: 60_000, sigma: 0.5),
            .lognormal(median: 60_000, sigma: 0.8), .exponential(mean: 60_000), .uniform(from: 0, to: 120_000), peaks,
        ] as [JobDurations])
    func `after 200 jobs it gains nine tenths of what can be gained`(durations: JobDurations) throws {
        let plan = LabPlan(jobs: 800, warmUp: 200, durations: [durations], seed: 11)
        let (gain, bound) = LabReport.gain(plan, try Trial.learned().run(plan))
        #expect(gain > 0.9 * bound)
        #expect(gain > 0.95)
    }

    @Test(arguments: [120_000.0, 25_000])
    func `when jobs come to take another time it is soon as good as before`(median: Double) throws {
        // The jobs that count begin where the change is 200 jobs past.
        let before = JobDurations.lognormal(median: 60_000, sigma: 0.3)
        let after = JobDurations.lognormal(median: median, sigma: 0.3)
        let plan = LabPlan(jobs: 900, warmUp: 0, durations: [before, after, after], seed: 4)
        let jobs = LabJobs(plan).durations(plan)
        var polls: [Int: Int] = [:]
        var late = (polls: 0, delay: 0.0, duration: 0.0, jobs: 0)
        var all = (polls: 0, delay: 0.0, duration: 0.0)
        let learned = Trial.learned()
        _ = try Trial(
            delay: { wait in
                polls[wait.job] = wait.attempt + 1
                return learned.delay(wait)
            },
            ended: { outcome in
                learned.ended(outcome)
                let delay = (outcome.before ?? 0) - jobs[outcome.job]
                all.polls += polls[outcome.job] ?? 0
                all.delay += delay
                all.duration += jobs[outcome.job]
                guard outcome.job >= 500 else { return }
                late.polls += polls[outcome.job] ?? 0
                late.delay += delay
                late.duration += jobs[outcome.job]
                late.jobs += 1
            }
        ).run(plan)
        let gain = late.duration * Double(late.jobs) / 2 / (Double(late.polls) * late.delay)
        #expect(gain > 0.9 * 1.961)
        let whole = all.duration * 900 / 2 / (Double(all.polls) * all.delay)
        #expect(whole > 0.95)
    }

    @Test func `from the first job on it is no worse than a fixed interval`() throws {
        for durations in [JobDurations.exponential(mean: 60_000), .lognormal(median: 60_000, sigma: 0.5), Self.peaks] {
            let plan = LabPlan(jobs: 1000, durations: [durations], seed: 2)
            let fixed = try #require(try Trial.fixed(1500).run(plan).product)
            let learned = try #require(try Trial.learned().run(plan).product)
            #expect(fixed / learned > 0.95)
        }
    }

    /// The past says nothing of the rest of an exponential duration. The hazards that a few dozen of them seem to have
    /// are chance: followed, they cost a tenth on average and a third at worst.
    @Test(arguments: [20, 40, 80])
    func `what chance draws into exponential durations is not followed`(count: Int) throws {
        var gains: [Double] = []
        for seed in 1...12 {
            var random = SplitMix64(seed: UInt64(seed))
            let seen = (0..<count).compactMap { _ in
                let time = random.exponential(mean: 60_000)
                return DurationObservation(after: time, before: time)
            }
            let schedule = PollSchedule(try #require(DurationEstimate(seen)), costs: PollCosts())
            var time = 0.0
            var polls = 0.0
            var found = 0.0
            while time < 1_200_000 {
                let lasting = exp(-time / 60_000)
                let delay = schedule.delay(after: time)
                polls += lasting
                found += lasting * delay
                time += delay
            }
            gains.append(30_000 / (polls * (found - 60_000)))
        }
        #expect(gains.reduce(0, +) / Double(gains.count) > 0.97)
    }
}
