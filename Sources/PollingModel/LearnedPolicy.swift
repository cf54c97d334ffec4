/// Decides when to poll jobs by how long earlier ones took: the pure part of `decart.policy.learned`.
///
/// While fewer than `DurationHistory.enough` jobs of a model have been seen to complete, and for a job whose model or
/// age is not known, it polls at a fixed interval.
public struct LearnedPolicy: Sendable {
    /// What is known about a job.
    public struct Answer: Sendable, Hashable {
        /// Milliseconds until the next poll.
        public var delay: Double
        /// Four jobs in five take between these two, milliseconds; nil while too little is known.
        public var usual: ClosedRange<Double>?
        /// Whether fewer than 1 job in 100 takes this long.
        public var isStuck = false
    }

    /// Milliseconds between polls while too little is known, where a script gives none.
    public static let standardInterval = 1500.0
    public static let stuckBelow = 0.01
    /// A delay is varied by up to a tenth either way, so that jobs begun together are not polled together, and polls of
    /// many jobs divide time more finely than polls of one.
    static let jitter = 0.1

    private let costs: PollCosts
    private let interval: Double
    public private(set) var budget: RequestBudget
    private var schedules: [String: (revision: Int, schedule: PollSchedule, usual: ClosedRange<Double>)] = [:]

    /// - Parameters:
    ///   - interval: the fixed one, milliseconds.
    ///   - budget: requests a second for all jobs; nil for no limit.
    public init(
        costs: PollCosts = PollCosts(), interval: Double = LearnedPolicy.standardInterval, budget: Double? = nil
    ) {
        self.costs = costs
        self.interval = interval
        self.budget = RequestBudget(perSecond: budget)
    }

    /// - Parameters:
    ///   - age: milliseconds since the job was submitted.
    ///   - history: what is known about its model; nil if the model is not known.
    ///   - now: milliseconds on the run's clock.
    ///   - chance: 0 to 1.
    public mutating func answer(
        job: String, age: Double, model: String, history: DurationHistory?, now: Double, chance: Double
    ) -> Answer {
        let share = 1 + Self.jitter * (2 * chance - 1)
        guard let history, let (schedule, usual) = schedule(for: model, history) else {
            return Answer(delay: interval * share * budget.stretch(of: job, own: interval, now: now))
        }
        let stretch = budget.stretch(of: job, own: schedule.delay(after: age), now: now)
        return Answer(
            delay: schedule.delay(after: age, share: share * stretch), usual: usual,
            isStuck: schedule.estimate.survival(at: age) < Self.stuckBelow)
    }

    /// The service answered 429 to a poll.
    public mutating func refused(now: Double) {
        budget.refused(now: now)
    }

    /// The wait for a job is over.
    public mutating func ended(_ job: String) {
        budget.ended(job)
    }

    private mutating func schedule(
        for model: String, _ history: DurationHistory
    ) -> (PollSchedule, ClosedRange<Double>)? {
        guard let estimate = history.estimate else { return nil }
        if let known = schedules[model], known.revision == history.revision { return (known.schedule, known.usual) }
        let schedule = PollSchedule(estimate, costs: costs)
        let usual = estimate.quantile(0.1)...estimate.quantile(0.9)
        schedules[model] = (history.revision, schedule, usual)
        return (schedule, usual)
    }
}
