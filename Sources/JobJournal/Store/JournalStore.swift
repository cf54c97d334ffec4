/// Where jobs are written down. Nothing is opened before the first call; any call may be the first.
///
/// Each call is one transaction, or a part of one that it shares with others made at the same time.
public protocol JournalStore: FleetStore {
    /// What hashes of keys are salted with in this journal.
    func salt() async throws(JournalError) -> String

    /// Decides about an intent and writes it down, in one durable transaction: what two processes decide at once is the
    /// same as one after the other.
    func admit(_ intent: JobIntent) async throws(JournalError) -> Admission

    /// Writes a change down. One that does not follow from the row's state (see `JobState`), or that is an owner's who
    /// is the owner no more, changes nothing.
    @discardableResult
    func record(_ change: JobChange) async throws(JournalError) -> RecordedChange

    /// Keeps an accepted job's id somewhere else than in the journal, which could not be written.
    ///
    /// - Returns: where; nil where that failed too.
    func keepAside(_ change: JobChange) async -> String?

    func job(_ subject: JobChange.Subject) async throws(JournalError) -> JobRow?

    /// Newest first.
    func jobs(_ query: JobQuery) async throws(JournalError) -> [JobRow]

    /// The same, as much of it as a list says.
    func list(_ query: JobQuery) async throws(JournalError) -> [ListedJob]

    /// How many jobs there are in each state that some are in.
    func counts() async throws(JournalError) -> [JobState: Int]

    /// - Parameters:
    ///   - today: a UTC day, as `2026-08-01`.
    ///   - caps: this process's own; the stored ones that concern it are added.
    func spend(
        account: String?, run: String?, today: String, caps: [Cap]
    ) async throws(JournalError) -> SpendSummary

    func spend(by grouping: SpendGrouping) async throws(JournalError) -> [SpendRow]

    func storedCaps() async throws(JournalError) -> [Cap]

    /// Stores a cap for all processes; nil takes it away. A scope that is never stored changes nothing.
    func store(cap: Money?, for scope: CapScope) async throws(JournalError)

    /// Strips these jobs of all but their charges.
    ///
    /// - Returns: how many.
    func forget(submissions: [String], at time: Int64) async throws(JournalError) -> Int

    /// Forgets ended jobs made before `time`, and removes rows whose charge can count no more.
    func prune(before time: Int64, today: String) async throws(JournalError) -> Int

    /// What is wrong with the journal, one sentence each; none if it is whole.
    func check() async throws(JournalError) -> [String]

    /// Gives up this process's jobs at its end.
    ///
    /// - Parameters:
    ///   - endedWell: whether results that were only in memory have served their purpose.
    ///   - spared: the server's ids of jobs whose results have not yet.
    func finish(endedWell: Bool, sparing spared: [String], at time: Int64) async throws(JournalError)
}

/// What came of a change.
public struct RecordedChange: Hashable, Sendable {
    /// Whether the change was made.
    public var isApplied: Bool
    /// Whether another job of the same server has the same id.
    public var repeatsID: Bool

    public init(isApplied: Bool, repeatsID: Bool = false) {
        self.isApplied = isApplied
        self.repeatsID = repeatsID
    }
}

/// The process that writes.
public struct JournalSession: Hashable, Sendable {
    public var id: String
    public var host: String
    public var pid: Int
    /// Which machine it is, since when, and whose processes are seen there: where two have the same, a process of one
    /// is a process of the other by its number. nil where that is not known.
    public var boot: String?
    public var run: String
    /// Whether no other living process may have the same run name.
    public var ownsRun: Bool
    public var program: String
    /// Milliseconds since 1970.
    public var startedAt: Int64

    public init(
        id: String, host: String, pid: Int, boot: String?, run: String, ownsRun: Bool, program: String,
        startedAt: Int64
    ) {
        self.id = id
        self.host = host
        self.pid = pid
        self.boot = boot
        self.run = run
        self.ownsRun = ownsRun
        self.program = program
        self.startedAt = startedAt
    }
}
