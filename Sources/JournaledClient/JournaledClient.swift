public import DecartAPI
public import DecartClient
public import JobJournal
public import RunClock
public import SeededNumbers

/// A client that writes down what it pays for: every submit passes the journal on its way out, and its id on its way
/// back. A look passes it by, unless it brings news.
public struct JournaledClient: Sendable {
    public let client: DecartClient
    public let journal: Journal
    /// Whether a file of provenance is written beside each result of a lasting journal.
    public var writesSidecars = true
    /// Whether what a caller says of a result's length is believed.
    public var trustsLengths = true
    /// Who submits, and writes that down, in place of this process.
    public var elsewhere: (any PaidWork)?
    /// Whether a file may be written.
    public var mayWrite: @Sendable (BytePath) -> Bool = { _ in true }
    let aliases: AliasBook
    let clock: any RunClock
    let chance: Chance

    /// - Parameters:
    ///   - journal: shared by all the clients of a run.
    ///   - aliases: shared as well.
    ///   - chance: where seeds are drawn from.
    public init(
        _ client: DecartClient, journal: Journal, aliases: AliasBook = AliasBook(),
        clock: any RunClock = SystemClock(), chance: Chance = Chance()
    ) {
        self.client = client
        self.journal = journal
        self.aliases = aliases
        self.clock = clock
        self.chance = chance
    }

    /// The base URL: which jobs are meant by an id.
    var server: String { client.configuration.baseURL.text }

    /// Where a job stands. Writes down what is news.
    ///
    /// - Throws: as `QueueClient.status`.
    public func status(_ id: JobID, within limit: Duration? = nil) async throws(DecartError) -> JobReply {
        try await status(id, within: limit, after: nil)
    }

    /// - Parameter first: what came of its first request, if that has been made.
    func status(
        _ id: JobID, within limit: Duration?, after first: DirectPolls.FirstRequest?
    ) async throws(DecartError) -> JobReply {
        do throws(DecartError) {
            let reply = try await client.queue.status(id, within: limit, after: first)
            await journal.saw(reply, at: server)
            return reply
        } catch {
            if error.code == .notFound { await journal.gone(id, at: server) }
            throw error
        }
    }
}

/// A submitted job, or one that was found again.
public struct JournaledJob: Sendable {
    public var reply: JobReply
    /// Whether it was known, and nothing was submitted.
    public var isReplayed: Bool
    /// Whether its result is on disk already.
    public var isFetched: Bool
    /// The run that one which was found again was made in; nil where it has none.
    public var run: String?

    public init(reply: JobReply, isReplayed: Bool, isFetched: Bool = false, run: String? = nil) {
        self.reply = reply
        self.isReplayed = isReplayed
        self.isFetched = isFetched
        self.run = run
    }
}
