/// What is known about one model's jobs: the last observations, those still running, and an estimate from both.
public struct DurationHistory: Sendable {
    /// How many observations are kept; older ones are forgotten.
    public static let limit = 400
    /// How many completed jobs it takes to know better than a fixed interval.
    public static let enough = 20

    public private(set) var observations: [DurationObservation] = []
    /// How long jobs take; nil while there is too little to go by.
    public private(set) var estimate: DurationEstimate?
    /// Grows whenever the estimate changes.
    public private(set) var revision = 0

    /// For each recent completed job, the share of jobs that were expected to end before it.
    private var shares: [Double] = []
    private var sinceFit = 0
    private var completed = 0
    /// The ages, in milliseconds, at which jobs under way were last seen unfinished.
    private var running: [String: Double] = [:]
    /// Whether every job that was begun is kept. If so, those still running belong in the estimate; otherwise the quick
    /// ones, which end first, would look like all there are.
    private var isWhole: Bool

    public init(_ observations: [DurationObservation] = []) {
        self.observations = Array(observations.suffix(Self.limit))
        isWhole = observations.count <= Self.limit
        completed = self.observations.count { $0.before != nil }
        fit()
    }

    /// A job was not finished at that age.
    public mutating func saw(_ job: String, runningAt age: Double) {
        running[job] = age
    }

    /// The wait for a job is over, and may have learned something.
    public mutating func ended(_ job: String, _ observation: DurationObservation?) {
        running[job] = nil
        if let observation { add(observation) }
    }

    public mutating func add(_ observation: DurationObservation) {
        observations.append(observation)
        sinceFit += 1
        if let before = observation.before {
            completed += 1
            if let span = shift(after: observation.after, before: before) { return forget(allBut: span) }
        }
        if observations.count > Self.limit + Self.limit / 8 {
            observations.removeFirst(observations.count - Self.limit)
            completed = observations.count { $0.before != nil }
            isWhole = false
        }
        // A new estimate is due when there is a sixteenth more to go by.
        if sinceFit * 16 >= observations.count || estimate == nil { fit() }
    }

    private mutating func shift(after: Double, before: Double) -> Int? {
        guard let estimate else { return nil }
        shares.append(1 - (estimate.survival(at: after) + estimate.survival(at: before)) / 2)
        if shares.count > 2 * ShiftDetector.spans[0] { shares.removeFirst(ShiftDetector.spans[0]) }
        return ShiftDetector.shift(in: shares)
    }

    private mutating func fit() {
        sinceFit = 0
        revision += 1
        guard completed >= Self.enough else {
            estimate = nil
            return
        }
        let unfinished = isWhole ? running.values.compactMap { DurationObservation(after: $0, before: nil) } : []
        estimate = DurationEstimate(observations + unfinished)
    }

    private mutating func forget(allBut span: Int) {
        var kept = 0
        let start = observations.lastIndex { observation in
            if observation.before != nil { kept += 1 }
            return kept == span
        }
        observations.removeFirst(start ?? 0)
        completed = span
        isWhole = false
        shares = []
        fit()
    }
}
