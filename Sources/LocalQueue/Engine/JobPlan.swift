import DecartAPI

/// What is to become of one job: the statuses it goes through and how long it stays in each, and how looks at it fail.
///
/// The usual plan waits, works and ends. A scenario may give a job any list: a second `processing`, a status that no
/// client knows yet, an end in `failed`.
public struct JobPlan: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var status: String
        /// Milliseconds; of no meaning in the last step, which lasts until the job expires.
        public var lasts: Int64

        public init(status: String, lasts: Int64) {
            self.status = status
            self.lasts = lasts
        }
    }

    /// A fault that looks at the job meet.
    public struct Trouble: Hashable, Sendable {
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

    /// How much of a fault there is.
    public enum Extent: Hashable, Sendable, Codable {
        /// The next so many looks meet it, whenever they come.
        case looks(Int)
        /// All looks within so many milliseconds meet it.
        case milliseconds(Int64)
    }

    /// Never empty. Where the plan needs a worker, the step before the first that is `processing` lasts until one is
    /// free.
    public var steps: [Step]
    /// Why the job fails, in the words of the status reply's `error`.
    public var failure: String?
    public var troubles: [Trouble] = []
    /// Milliseconds after the submit from which on nobody knows the job; nil: as the queue's settings say.
    public var expiresAfter: Int64?
    /// Whether the job has to wait for a worker; else its times are kept to the millisecond.
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

    /// The same plan, with a bad end.
    func failing(because reason: String) -> JobPlan {
        var plan = self
        plan.steps[plan.steps.count - 1].status = JobStatus.failed.rawValue
        plan.failure = reason
        return plan
    }
}
