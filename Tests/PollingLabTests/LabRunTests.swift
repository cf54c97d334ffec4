import PlainErrors
import Testing

@testable import PollingLab

struct LabRunTests {
    /// Polls × delay of a fixed interval is half a mean duration, whatever the interval and the durations.
    @Test(
        arguments: [500.0, 1500, 4000],
        [
            .exponential(mean: 60_000), .uniform(from: 0, to: 120_000), .lognormal(median: 60_000, sigma: 0.3),
        ] as [JobDurations])
    func `a fixed interval gains nothing`(interval: Double, durations: JobDurations) throws {
        let plan = LabPlan(jobs: 2000, durations: [durations])
        let result = try Trial.fixed(interval).run(plan)
        // Half a poll more than the quotient.
        let polls = durations.mean / interval + 0.5
        #expect(abs(result.pollsPerJob / polls - 1) < 0.05)
        #expect(abs(LabReport.gain(plan, result).gain - 1) < 0.07)
        let delay = try #require(result.meanDelay)
        #expect(abs(delay / (interval / 2) - 1) < 0.05)
        #expect(abs(try #require(result.p95Delay) / (0.95 * interval) - 1) < 0.05)
    }

    @Test func `the seed page's back-off gives up after 260.8 s, and loses the jobs that take longer`() throws {
        var elapsed = 0.0
        let backoff = Trial { wait in
            elapsed = max(elapsed, wait.elapsed)
            var delay = 1000.0
            for _ in 0..<wait.attempt { delay = min(delay * 1.5, 10_000) }
            return wait.attempt < 30 ? delay : nil
        }
        let result = try backoff.run(LabPlan(jobs: 100, durations: [.uniform(from: 0, to: 600_000)]))
        #expect(abs(elapsed - 260_781) < 1)
        #expect((40...75).contains(result.gaveUp))
        #expect(result.product == nil)
    }

    @Test func `an exact time is found by a policy that knows it`() throws {
        let result = try Trial { _ in 60_000 }.run(LabPlan(jobs: 50, durations: [.fixed(60_000)]))
        #expect(result.pollsPerJob == 1)
        #expect(result.meanDelay == 0)
        #expect(result.product == 0)
    }

    /// Sums of delays are off in their last digits, from which a gain of 10¹⁷ would follow.
    @Test func `a poll that comes exactly with the end has no delay`() throws {
        let result = try Trial.fixed(1500).run(LabPlan(jobs: 500, durations: [.fixed(60_000)]))
        #expect(result.pollsPerJob == 40)
        #expect(result.meanDelay == 0)
    }

    @Test func `the same seed gives the same, another seed does not`() throws {
        let plan = LabPlan(jobs: 200, faults: 0.1)
        var other = plan
        other.seed = 2
        #expect(try Trial.fixed(1500).run(plan) == Trial.fixed(1500).run(plan))
        #expect(try Trial.fixed(1500).run(plan) != Trial.fixed(1500).run(other))
    }

    @Test func `latency is part of the delay, and the service sees a poll half-way`() throws {
        var plan = LabPlan(jobs: 10, durations: [.fixed(10_000)])
        plan.latency = 400
        let result = try Trial { _ in 9800 }.run(plan)
        #expect(result.pollsPerJob == 1)
        #expect(abs(try #require(result.meanDelay) - 200) < 1e-6)
    }

    @Test func `polls that fail are polls, and the policy is told`() throws {
        var plan = LabPlan(jobs: 2000, durations: [.fixed(10_000)])
        plan.faults = 0.5
        var missed = 0
        let result = try Trial { wait in
            missed += wait.missed ? 1 : 0
            return wait.attempt == 0 ? 10_000 : 1000
        }.run(plan)
        #expect(abs(result.pollsPerJob - 2) < 0.1)
        #expect(abs(try #require(result.meanDelay) - 1000) < 100)
        #expect(Double(missed) / 2000 - (result.pollsPerJob - 1) < 1e-9)
    }

    @Test func `with one worker jobs wait for one another, first come, first served`() throws {
        var plan = LabPlan(jobs: 5, durations: [.fixed(10_000)], every: 0)
        plan.concurrency = 1
        #expect(LabJobs(plan).durations(plan) == [10_000, 20_000, 30_000, 40_000, 50_000])
        var statuses: Set<String> = []
        let result = try Trial { wait in
            statuses.insert(wait.status)
            return 5000
        }.run(plan)
        #expect(statuses == ["pending", "processing"])
        #expect(result.pollsPerJob == 6)
        #expect(result.peakRate == 5)
    }

    @Test func `jobs before those that count only teach`() throws {
        let plan = LabPlan(jobs: 10, warmUp: 90)
        var ended = 0
        let result = try Trial(delay: { _ in 1500 }, ended: { _ in ended += 1 }).run(plan)
        #expect(result.jobs == 10)
        #expect(ended == 100)
    }

    @Test func `a policy that never lets time pass is found out`() throws {
        let error = try #require(throws: MessageError.self) { try Trial.fixed(0).run(LabPlan(jobs: 1)) }
        #expect(error.message.contains("milliseconds"))
    }

    @Test func `what a policy is told of a job's end holds the duration between two polls`() throws {
        let plan = LabPlan(jobs: 100, every: 0, latency: 100)
        let durations = LabJobs(plan).durations(plan)
        var outcomes: [LabOutcome] = []
        _ = try Trial(delay: { _ in 3000 }, ended: { outcomes.append($0) }).run(plan)
        #expect(outcomes.count == 100)
        for outcome in outcomes {
            let before = try #require(outcome.before)
            #expect(outcome.after < durations[outcome.job] && durations[outcome.job] <= before)
            #expect(before - outcome.after < 3300)
        }
    }
}
