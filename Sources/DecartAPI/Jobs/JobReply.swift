/// What the server says about a job, on submit and on status.
public struct JobReply: Hashable, Sendable {
    public var id: JobID
    public var status: JobStatus
    /// The whole reply as it came, including unknown members.
    public var members: [String: JSONValue]

    public init(id: JobID, status: JobStatus, members: [String: JSONValue]) {
        self.id = id
        self.status = status
        self.members = members
    }

    /// Why the job failed, as the server says it in `error`: a text, or an object's `message`, else its `detail`.
    /// "Job failed" if it says nothing.
    public var failureReason: String {
        let error = members["error"]
        let reasons = [error?.text, error?["message"]?.text, error?["detail"]?.text]
        return reasons.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "Job failed"
    }
}

/// `pending`, `processing`, `completed`, `failed`, or a word this program does not know yet: such a job is not
/// finished.
public struct JobStatus: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let pending = JobStatus(rawValue: "pending")
    public static let processing = JobStatus(rawValue: "processing")
    public static let completed = JobStatus(rawValue: "completed")
    public static let failed = JobStatus(rawValue: "failed")

    public var isFinished: Bool { self == .completed || self == .failed }

    /// Whether it is a word that the API documents.
    public var isKnown: Bool { isFinished || self == .pending || self == .processing }
}
