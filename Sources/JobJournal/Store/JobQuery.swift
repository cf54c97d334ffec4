/// Which jobs are asked for; every part that is given has to hold.
public struct JobQuery: Hashable, Sendable {
    public var states: [JobState]?
    public var label: String?
    public var run: String?
    public var server: String?
    public var account: String?
    /// Milliseconds since 1970: made then or later.
    public var since: Int64?
    /// Ours or the server's id by its beginning, or a key.
    public var name: String?
    /// The newest so many.
    public var limit: Int?
    public var includesForgotten = false
    /// For `adopt`: only jobs that were put into the queue for a worker.
    public var isQueued = false

    public init(states: [JobState]? = nil, label: String? = nil, run: String? = nil, since: Int64? = nil) {
        self.states = states
        self.label = label
        self.run = run
        self.since = since
    }

    public static func named(_ name: String) -> JobQuery {
        var query = JobQuery()
        query.name = name
        return query
    }
}
