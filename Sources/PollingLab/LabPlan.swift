/// What all the policies of a comparison get: the same jobs, begun at the same times.
public struct LabPlan: Sendable {
    /// Jobs that count.
    public var jobs: Int
    /// Jobs before those, which do not: a policy that learns has something to learn from.
    public var warmUp: Int
    /// Durations, one kind after the other. The jobs that count are split evenly among them; those before are of the
    /// first.
    public var durations: [JobDurations]
    /// The mean time between two submits, milliseconds; the times are a Poisson process. 0 submits all at once.
    public var every: Double
    /// From a poll's leaving to its answer, milliseconds; the service sees it half-way.
    public var latency: Double
    /// The share of polls that are not answered.
    public var faults: Double
    /// How many jobs are worked on at a time, first come, first served; nil for all.
    public var concurrency: Int?
    public var seed: UInt64

    public init(
        jobs: Int = 1000, warmUp: Int = 0, durations: [JobDurations] = [.lognormal(median: 60_000, sigma: 0.5)],
        every: Double = 1000, latency: Double = 0, faults: Double = 0, concurrency: Int? = nil, seed: UInt64 = 1
    ) {
        self.jobs = jobs
        self.warmUp = warmUp
        self.durations = durations
        self.every = every
        self.latency = latency
        self.faults = faults
        self.concurrency = concurrency
        self.seed = seed
    }

    /// The mean time between submits at which so many workers are busy for four fifths of the time.
    public static func every(of durations: [JobDurations], keepingBusy workers: Int) -> Double {
        durations.map(\.mean).reduce(0, +) / Double(durations.count) / (0.8 * Double(workers))
    }

    /// The index in `durations` of a job's kind.
    func kind(of job: Int) -> Int {
        job < warmUp ? 0 : (job - warmUp) * durations.count / max(1, jobs)
    }
}
