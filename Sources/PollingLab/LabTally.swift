/// Counts what a run does.
struct LabTally {
    private var polls = 0
    private var delays: [Double] = []
    var gaveUp = 0
    /// No whole number of Swift's holds the times that a policy may come to.
    private var second = -1.0
    private var inSecond = 0
    private var peak = 0

    /// - Parameter counts: whether the job does; the load on the service is that of all jobs.
    mutating func polled(at time: Double, counts: Bool) {
        if counts { polls += 1 }
        let now = (time / 1000).rounded(.down)
        inSecond = now == second ? inSecond + 1 : 1
        second = now
        peak = max(peak, inSecond)
    }

    mutating func finished(delay: Double) {
        delays.append(delay)
    }

    func result(name: String) -> LabResult {
        let jobs = delays.count + gaveUp
        let sorted = delays.sorted()
        // The smallest delay that 95 of 100 jobs do not exceed.
        let rank = max(0, Int((0.95 * Double(sorted.count)).rounded(.up)) - 1)
        return LabResult(
            name: name, jobs: jobs, pollsPerJob: jobs > 0 ? Double(polls) / Double(jobs) : 0,
            meanDelay: sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count),
            p95Delay: sorted.isEmpty ? nil : sorted[rank], peakRate: peak, gaveUp: gaveUp)
    }
}

/// What a policy did to the jobs of a plan. Times are milliseconds.
public struct LabResult: Sendable, Hashable {
    public var name: String
    /// Jobs that count.
    public var jobs: Int
    public var pollsPerJob: Double
    /// From a job's end to the reply that showed it; nil if the policy saw no job's end.
    public var meanDelay: Double?
    public var p95Delay: Double?
    /// The most polls that were sent in one second.
    public var peakRate: Int
    /// Jobs that the policy stopped waiting for.
    public var gaveUp: Int

    /// Polls per job × mean delay; nil if jobs were given up, whose polls led to nothing.
    public var product: Double? { gaveUp == 0 ? meanDelay.map { $0 * pollsPerJob } : nil }
}
