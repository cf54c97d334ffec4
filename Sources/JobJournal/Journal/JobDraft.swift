/// What a script says of a submit besides its inputs.
public struct SubmitTerms: Hashable, Sendable {
    /// The same key and content is the same job.
    public var key: String?
    public var label: String?
    /// The most that this job may be estimated at.
    public var maxCost: Money?
    /// The most seconds that its result can have.
    public var maxSeconds: Double?
    /// Whether a submit of which nobody knows what became may be paid for again.
    public var paysTwice = false
    /// Whether a seed is drawn here, so that the take can be made again.
    public var pinsSeed = false
    /// Whether an equal content of an earlier process of this run is the same job.
    public var reusesRun = false
    /// The id of a job that this process has taken from the queue, and that this submit is of.
    public var row: String?
    /// How long to wait for another process that is just sending a job of the same key.
    public var patience: Duration = .seconds(60)

    public init() {}
}

/// A submit that is ready, before anything of it is written down.
public struct JobDraft: Sendable {
    /// Its `account` is filled in here.
    public var content: JobContent
    /// The API key's bytes; nil where there is none. They go no further than a hash.
    public var key: [UInt8]?
    /// The model that a deprecated name stands for.
    public var use: String?
    /// What the server says an alias means at present.
    public var canonical: String?
    /// Of the input video, rounded up; nil where it is not known.
    public var inputSeconds: Int?
    public var terms: SubmitTerms
    /// Of a job in the queue: higher ones are taken first.
    public var priority = 0

    public init(
        content: JobContent, key: [UInt8]?, use: String? = nil, canonical: String? = nil, inputSeconds: Int? = nil,
        terms: SubmitTerms
    ) {
        self.content = content
        self.key = key
        self.use = use
        self.canonical = canonical
        self.inputSeconds = inputSeconds
        self.terms = terms
    }

    var resolution: String? {
        content.fields.first { $0.name == "resolution" }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}

/// What a submit is to do, once it was written down.
public enum SubmitTicket: Sendable {
    /// Send it, and tell the journal what came of it.
    case send(SubmitInFlight)
    /// It is this job already.
    case known(JobRow)
    /// Send it; there is no journal.
    case unrecorded
}

/// A submit that is written down and on its way.
public struct SubmitInFlight: Sendable {
    public let row: JobRow
    let price: Price?
    /// Whether it was taken from the queue, and goes back there where nothing was sent.
    var isClaimed = false
}
