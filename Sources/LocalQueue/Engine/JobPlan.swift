import DecartAPI

/// What is to become of one job: the statuses it goes through and how long it stays in each.
///
/// The usual plan waits, works and ends. A scenario may give a job any list: a second `processing`, a status that no
/// client knows yet, an end in `failed`.
struct JobPlan: Hashable, Sendable {
    struct Step: Hashable, Sendable {
        var status: String
        /// Milliseconds; of no meaning in the last step, which lasts until the job expires.
        var lasts: Int64
    }

    /// Never empty. The first step that is `processing` needs a worker: the step before it lasts until one is free.
    var steps: [Step]
    /// Why the job fails, in the words of the status reply's `error`.
    var failure: String?

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
