internal import HeapModule
import SeededNumbers

/// The jobs of a plan: when each is submitted, begun and ended, in milliseconds. No policy changes any of it.
public struct LabJobs: Sendable {
    struct Job: Sendable {
        var submitted: Double
        var begun: Double
        var ended: Double
        var duration: Double { ended - submitted }
    }

    let all: [Job]

    public init(_ plan: LabPlan) {
        var random = SplitMix64(seed: plan.seed)
        var workers = Heap<Double>()
        var now = 0.0
        all = (0..<(plan.warmUp + plan.jobs)).map { index in
            if index > 0, plan.every > 0 { now += random.exponential(mean: plan.every) }
            var begun = now
            if let limit = plan.concurrency, workers.count >= limit { begun = max(now, workers.popMin() ?? now) }
            let ended = begun + plan.durations[plan.kind(of: index)].sample(&random)
            if plan.concurrency != nil { workers.insert(ended) }
            return Job(submitted: now, begun: begun, ended: ended)
        }
    }

    /// How long the jobs that count took from their submit on.
    public func durations(_ plan: LabPlan) -> [Double] {
        all.dropFirst(plan.warmUp).map(\.duration)
    }
}
