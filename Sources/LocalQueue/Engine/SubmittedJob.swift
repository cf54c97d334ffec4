/// A submit as a `JobPlanner` sees it.
public struct SubmittedJob: Sendable {
    public struct File: Hashable, Sendable {
        public var field: String
        /// The sender's name for the file, if it gave one.
        public var name: String?
        public var type: String
        /// Bytes.
        public var size: Int
    }

    /// Counts submits from 1, including those that were refused.
    public var number: Int
    /// The model's name.
    public var model: String
    /// The fields that are not files, in the order sent.
    public var inputs: [(name: String, value: [UInt8])]
    public var files: [File]
    /// Milliseconds since the queue was started.
    public var time: Int64
}

/// What a planner decides about a submit.
public enum SubmitAnswer: Hashable, Sendable {
    /// A job as the queue's settings describe it.
    case usual
    case job(JobPlan)
    /// No job: the submit itself fails.
    case fault(QueueFault)
    /// No job: the planner itself failed. The submit is refused with this reason, which is also logged.
    case plannerFailed(String)
}

/// Decides what happens to each submit. Called for one submit at a time, on the queue's threads; it must return.
public typealias JobPlanner = @Sendable (SubmittedJob) -> SubmitAnswer
