/// A comparison: what each policy did, beside a fixed interval and the bound.
public struct LabReport: Sendable {
    /// What was run, in words.
    public var title: String
    public var results: [LabResult]
    /// The mean of the durations of the jobs that count, E[T], milliseconds.
    public var meanDuration: Double
    /// The most that knowing the distribution can gain over a fixed interval; nil where there is no limit.
    public var bound: Double?
    public var seed: UInt64

    /// - Parameter labels: how the command line spelled the durations.
    public init(_ plan: LabPlan, jobs: LabJobs, labels: [String], results: [LabResult]) {
        let times = jobs.durations(plan)
        meanDuration = times.isEmpty ? 0 : times.reduce(0, +) / Double(times.count)
        // With too few workers jobs wait for one another, and their durations are no longer those asked for.
        let spreads =
            plan.concurrency == nil ? plan.durations.map(PollBound.spread) : [PollBound.spread(ofSample: times)]
        let mean =
            plan.concurrency == nil
            ? plan.durations.map(\.mean).reduce(0, +) / Double(plan.durations.count) : meanDuration
        bound = PollBound.gain(mean: mean, spread: spreads.reduce(0, +) / Double(spreads.count))
        self.results = results
        seed = plan.seed
        title = Self.title(plan, labels)
    }

    /// Polls × delay of a fixed interval, E[T]/2, in milliseconds.
    public var fixedProduct: Double { meanDuration / 2 }

    /// How much smaller a policy's polls × delay is than a fixed interval's; nil if it gave up on jobs.
    public func gain(_ result: LabResult) -> Double? {
        result.product.flatMap { $0 > 0 ? fixedProduct / $0 : nil }
    }

    /// The gain as a share of the bound.
    public func shareOfBound(_ result: LabResult) -> Double? {
        guard let bound, let gain = gain(result) else { return nil }
        return gain / bound
    }

    private static func title(_ plan: LabPlan, _ labels: [String]) -> String {
        var parts = ["\(plan.jobs) \(plan.jobs == 1 ? "job" : "jobs") of \(labels.joined(separator: ", then "))"]
        if plan.warmUp > 0 { parts.append("after \(plan.warmUp) that do not count") }
        parts.append(plan.every > 0 ? "one every \(LabText.time(plan.every)) on average" : "all submitted at once")
        if plan.latency > 0 { parts.append("latency \(LabText.time(plan.latency))") }
        if plan.faults > 0 { parts.append("\(LabText.number(plan.faults * 100)) % of polls unanswered") }
        if let workers = plan.concurrency { parts.append("\(workers) at a time") }
        return parts.joined(separator: "; ")
    }
}
