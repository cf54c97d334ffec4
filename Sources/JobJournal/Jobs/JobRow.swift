public import DecartAPI

/// One job as it is written down. Times are milliseconds since 1970.
public struct JobRow: Hashable, Sendable {
    /// Short, made here, for people to type.
    public var id: String
    /// A UUID, made before anything was written: the same submit is never two rows.
    public var submission: String
    public var run: String?
    public var label: String?
    public var key: String?
    public var content: String
    /// How many equal contents came before it in its process; nil once it does not count any more.
    public var ordinal: Int?
    public var server: String
    public var account: String
    /// As it was asked for.
    public var model: String
    /// What an alias meant when it was sent.
    public var canonical: String?
    /// The fields as sent, an object.
    public var inputs: JSONValue
    public var files: [FileDigest]
    public var state: JobState
    /// The server's id.
    public var jobID: String?
    /// The process that has it; nil if none does.
    public var session: String?
    /// Raised with each owner.
    public var fence = 0
    public var dueAt: Int64?
    public var priority = 0
    /// The UTC day of the intent, as `2026-08-01`.
    public var period: String
    public var estimate: Money?
    /// What counts against caps now.
    public var charge: Money
    /// `Price.json` at the time.
    public var price: JSONValue?
    public var createdAt: Int64
    public var acceptedAt: Int64?
    public var endedAt: Int64?
    public var updatedAt: Int64
    /// Where the result is, or is to go: an absolute path.
    public var result: String?
    public var resultBytes: Int?
    public var resultSHA256: String?
    public var error: String?

    public init(
        id: String, submission: String, content: String, server: String, account: String, model: String,
        inputs: JSONValue, files: [FileDigest], state: JobState, period: String, charge: Money, createdAt: Int64
    ) {
        self.id = id
        self.submission = submission
        self.content = content
        self.server = server
        self.account = account
        self.model = model
        self.inputs = inputs
        self.files = files
        self.state = state
        self.period = period
        self.charge = charge
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    /// The pinned or given seed, if one was sent.
    public var seed: Int64? { inputs["seed"]?.text.flatMap { Int64($0) } }
}
