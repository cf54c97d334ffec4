import PollingModel
import SeededNumbers

@testable import PollingLab

/// A policy of the tests' own, driven through a plan.
struct Trial {
    var delay: (LabWait) -> Double?
    var ended: (LabOutcome) -> Void = { _ in }

    func run(_ plan: LabPlan) throws -> LabResult {
        var run = LabRun(plan, jobs: LabJobs(plan), name: "trial")
        while true {
            switch try run.next() {
            case .ask(let wait): run.answer(delay(wait))
            case .ended(let outcome): ended(outcome)
            case .over(let result): return result
            }
        }
    }

    static func fixed(_ interval: Double) -> Trial {
        Trial { _ in interval }
    }

    /// `decart.policy.learned{}` without the Lua around it.
    static func learned(seed: UInt64 = 9) -> Trial {
        let learner = Learner(seed: seed)
        return Trial(delay: learner.delay, ended: learner.ended)
    }

    private final class Learner {
        private var policy = LearnedPolicy()
        private var history = DurationHistory()
        private var random: SplitMix64

        init(seed: UInt64) {
            random = SplitMix64(seed: seed)
        }

        func delay(_ wait: LabWait) -> Double? {
            let job = "\(wait.job)"
            history.saw(job, runningAt: wait.elapsed)
            return policy.answer(
                job: job, age: wait.elapsed, model: "m", history: history, now: wait.now, chance: random.unit()
            ).delay
        }

        func ended(_ outcome: LabOutcome) {
            policy.ended("\(outcome.job)")
            history.ended("\(outcome.job)", DurationObservation(after: outcome.after, before: outcome.before))
        }
    }
}

extension LabReport {
    /// Of one policy, the gain over a fixed interval and the bound of it.
    static func gain(_ plan: LabPlan, _ result: LabResult) -> (gain: Double, bound: Double) {
        let report = LabReport(plan, jobs: LabJobs(plan), labels: [], results: [result])
        return (report.gain(result) ?? 0, report.bound ?? .infinity)
    }
}
