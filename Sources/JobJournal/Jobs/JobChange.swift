/// Something that happened to a job, to be written down.
public struct JobChange: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case submission(String)
        /// The newest job that has this id at this server.
        case job(server: String, id: String)
    }

    public var subject: Subject
    /// nil: the state stays, only what is given is written.
    public var event: JobEvent?
    /// Milliseconds since 1970.
    public var at: Int64
    /// Whether it must be on the disk before anything else happens.
    public var isDurable = false
    /// The row's, when this process took the job: nothing changes where another has it by now. nil for what is true
    /// whoever has it.
    public var fence: Int?
    public var jobID: String?
    public var charge: Money?
    public var error: String?
    public var result: String?
    public var resultBytes: Int?
    public var resultSHA256: String?

    public init(_ subject: Subject, _ event: JobEvent?, at time: Int64) {
        self.subject = subject
        self.event = event
        at = time
    }
}
