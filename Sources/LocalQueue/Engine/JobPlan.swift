import DecartAPI

/// What happens to one job: the statuses it passes through, how long each lasts, and which of its polls fail.
///
/// The usual plan is `pending`, `processing`, `completed`. A scenario may give a job any list: a second `processing`, a
/// status that no client knows yet, `failed` at the end.
public struct JobPlan: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var status: String
        /// Milliseconds. Ignored in the last step, which lasts until the job expires.
        public var lasts: Int64

        public init(status: String, lasts: Int64) {
            self.status = status
            self.lasts = lasts
        }
    }

    /// A fault that polls of the job run into.
    public struct PlannedFault: Hashable, Sendable {
        /// Milliseconds after the submit.
        public var after: Int64
        public var extent: Extent
        public var fault: QueueFault

        public init(after: Int64, extent: Extent, fault: QueueFault) {
            self.after = after
            self.extent = extent
            self.fault = fault
        }
    }

    /// How long a fault goes on.
    public enum Extent: Hashable, Sendable, Codable {
        /// The next so many polls fail, whenever they come.
        case polls(Int)
        /// Every poll within so many milliseconds fails.
        case milliseconds(Int64)

        /// Databases written by earlier versions say `looks`.
        private enum CodingKeys: String, CodingKey {
            case polls = "looks"
            case milliseconds
        }
    }

    /// Never empty. If the job needs a worker, the step before the first `processing` lasts until one is free.
    public var steps: [Step]
    /// Why the job fails: the status reply's `error`.
    public var failure: String?
    public var faults: [PlannedFault] = []
    /// Milliseconds after the submit at which the job is forgotten; nil: as the queue's settings say.
    public var expiresAfter: Int64?
    /// Whether the job waits for a worker. If not, its times are kept to the millisecond.
    public var needsWorker = true

    public init(steps: [Step], failure: String? = nil) {
        self.steps = steps
        self.failure = failure
    }

    static func completing(pending: Int64, processing: Int64) -> JobPlan {
        JobPlan(steps: [
            Step(status: JobStatus.pending.rawValue, lasts: pending),
            Step(status: JobStatus.processing.rawValue, lasts: processing),
            Step(status: JobStatus.completed.rawValue, lasts: 0),
        ])
    }

    /// The same plan, ending in `failed`.
    func failing(because reason: String) -> JobPlan {
        var plan = self
        plan.steps[plan.steps.count - 1].status = JobStatus.failed.rawValue
        plan.failure = reason
        return plan
    }
}
