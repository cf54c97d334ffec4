/// What the server says of a job, on submit and on status.
public struct JobReply: Hashable, Sendable {
    public var id: JobID
    public var status: JobStatus
    /// The whole reply, unknown members too, as it came.
    public var members: [String: JSONValue]

    public init(id: JobID, status: JobStatus, members: [String: JSONValue]) {
        self.id = id
        self.status = status
        self.members = members
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
}
