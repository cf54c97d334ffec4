public import DecartAPI

/// What a list says of a job.
public struct ListedJob: Hashable, Sendable {
    public var id: String
    public var state: JobState
    public var model: String
    /// The server's id.
    public var jobID: String?
    public var key: String?
    public var label: String?
    public var run: String?
    public var estimate: Money?
    /// What counts against caps now.
    public var charge: Money
    /// Milliseconds since 1970.
    public var createdAt: Int64
    /// Where the result is, or is to go: an absolute path.
    public var result: String?
    public var error: String?

    public init(id: String, state: JobState, model: String, charge: Money, createdAt: Int64) {
        self.id = id
        self.state = state
        self.model = model
        self.charge = charge
        self.createdAt = createdAt
    }

    /// Whether it may have cost something, and nobody could tell what.
    public var isUnpriced: Bool {
        switch state {
        case .wanted, .claimed, .refused, .abandoned: false
        default: estimate == nil && charge == .zero
        }
    }

    /// Its members by name, in the order in which JSON text has them.
    private var members: [(name: String, value: JSONValue)] {
        [
            ("charge", .number(charge.dollars)),
            ("createdAt", .string(UTC.text(createdAt))),
            ("error", Self.text(error)),
            ("estimate", estimate.map { .number($0.dollars) } ?? .null),
            ("id", .string(id)),
            ("jobId", Self.text(jobID)),
            ("key", Self.text(key)),
            ("label", Self.text(label)),
            ("model", .string(model)),
            ("result", Self.text(result)),
            ("run", Self.text(run)),
            ("state", .string(state.rawValue)),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    public var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) }))
    }

    /// Appends what `json` serializes to. A hundred thousand of them are a list that somebody waits for.
    public func write(to bytes: inout [UInt8]) {
        JSONValue.write(members, to: &bytes)
    }
}
