/// A submit as whoever plans its job sees it.
public struct SubmittedJob: Sendable {
    public struct File: Hashable, Sendable {
        public var field: String
        /// The sender's name for it, where it gave one.
        public var name: String?
        public var type: String
        /// Bytes.
        public var size: Int
    }

    /// Counts submits from 1, those that were refused too.
    public var number: Int
    /// The model's name.
    public var model: String
    /// The fields that are not files, in the order sent.
    public var inputs: [(name: String, value: [UInt8])]
    public var files: [File]
    /// Milliseconds since the queue was started.
    public var time: Int64
}

/// What is to become of a submit.
public enum SubmitAnswer: Hashable, Sendable {
    /// A job as the queue's settings have it.
    case usual
    case job(JobPlan)
    /// No job: the submit itself fails.
    case fault(QueueFault)
    /// No job: whoever plans could not. The submit is refused with this reason, which is also logged.
    case broken(String)
}

/// Decides what becomes of each submit. Called one submit at a time, on the queue's threads; it must come to an end.
public typealias JobPlanner = @Sendable (SubmittedJob) -> SubmitAnswer
