/// What processes that share a journal ask of it, besides what each asks for jobs that it submits itself: jobs that wait
/// for a worker, who is at work, and how many requests each may make.
///
/// Who lives is for the store to say: on one machine by locks that end with their process, on several by leases, timed
/// by the database's clock.
public protocol FleetStore: Sendable {
    /// Adds jobs for workers, in the state `wanted`: all of them, or none where a key stands in the way of one. Durable.
    ///
    /// - Parameter rows: uncharged. Two with one key and content are one job.
    /// - Returns: what became of each, in order.
    func enqueue(_ rows: [JobRow]) async throws(JournalError) -> [Enqueued]

    /// Takes waiting jobs, those of the highest priority first and then the oldest, as `claimed`, and charges them. Two
    /// processes never take the same one. Durable.
    ///
    /// A job that a cap has no room for holds back those behind it that fall under the same cap.
    func claim(_ request: ClaimRequest) async throws(JournalError) -> Claim

    /// Takes over the open jobs that no living process has: the dead are seen to first.
    ///
    /// - Parameters:
    ///   - query: `states` among those that `isOpen`; the longest untouched so many, if there is a limit.
    ///   - held: the submissions that this process has and knows of. What else it has was taken over by a call whose
    ///     answer was lost on the way, and is answered again.
    func adopt(_ query: JobQuery, held: Set<String>) async throws(JournalError) -> [JobRow]

    /// Says that this process lives, and what it has to do.
    ///
    /// - Parameter report: nil for a process that is no worker.
    func renew(_ report: WorkReport?) async throws(JournalError) -> Renewal

    /// Gives up what dead processes had: what they were sending is `unknown`, what they had claimed is `wanted` again,
    /// and their open jobs are nobody's. For one process that is one transaction.
    func freeDead() async throws(JournalError) -> Freed

    /// The workers that live, by host and process.
    func fleet() async throws(JournalError) -> [FleetMember]

    /// The service answered 429 to this account: all of its processes are to slow down, once for all refusals of a few
    /// seconds.
    func slowDown(server: String, account: String) async throws(JournalError)

    /// Whether this process has not been able to say that it lives for so long that others may take its jobs: it sends
    /// nothing then, and looks at nothing.
    var isLeaseOver: Bool { get }

    /// This process's name in the journal at present. Once its lease was over it has another, and the jobs that it had
    /// under the old one may be somebody else's.
    var ownSession: String { get }

    /// Whether others hold a process for dead that does not `renew`.
    var needsRenewal: Bool { get }

    /// What has to be added to this process's clock, in milliseconds, to have the journal's.
    var clockOffset: Int64 { get }
}

/// What became of a job that was to wait for a worker.
public enum Enqueued: Hashable, Sendable {
    case added
    /// It is this job already, in whatever state.
    case known(JobRow)
    /// Its key stands for something else; nothing was added.
    case keyReused(JobRow, KeyConflict)
    /// Its key stands for a submit of which nobody knows what became; nothing was added.
    case unknown(JobRow)
}

/// Which waiting jobs a worker takes.
public struct ClaimRequest: Hashable, Sendable {
    public var server: String
    public var account: String
    /// Only jobs with this label; nil: all.
    public var label: String?
    /// At most so many.
    public var count: Int
    /// The run that the jobs are charged to.
    public var run: String
    /// The submissions that this process has claimed and knows of. What else it has claimed, by a call whose answer was
    /// lost on the way, is answered again.
    public var held: Set<String> = []
    /// This process's own caps.
    public var caps: [Cap] = []
    /// The UTC day, as `2026-08-01`.
    public var period: String
    /// Milliseconds since 1970.
    public var at: Int64

    public init(server: String, account: String, label: String? = nil, count: Int, run: String, at time: Int64) {
        self.server = server
        self.account = account
        self.label = label
        self.count = count
        self.run = run
        period = UTC.day(time)
        at = time
    }
}

/// The jobs that a worker has taken.
public struct Claim: Hashable, Sendable {
    public var rows: [JobRow] = []
    /// The first job that was left for want of money, and why: `overBudget` or `unpriced`.
    public var heldBack: HeldBack?

    public init() {}

    public struct HeldBack: Hashable, Sendable {
        public var row: JobRow
        public var reason: Admission

        public init(row: JobRow, reason: Admission) {
            self.row = row
            self.reason = reason
        }
    }
}

/// What a worker says of itself when it renews its lease.
public struct WorkReport: Hashable, Sendable {
    public var server: String
    public var account: String
    /// The label whose jobs it takes; nil: all.
    public var label: String?
    /// How many jobs it can have at once, and how many it has.
    public var slots: Int
    public var busy: Int
    /// Requests a second that polling its jobs would take if nothing held it back.
    public var wanted: Double

    public init(server: String, account: String, label: String? = nil, slots: Int, busy: Int, wanted: Double) {
        self.server = server
        self.account = account
        self.label = label
        self.slots = slots
        self.busy = busy
        self.wanted = wanted
    }
}

/// What a process learns when it renews its lease.
public struct Renewal: Hashable, Sendable {
    /// Whether its lease still ran. If not, its jobs are not its own any more; it has a new, empty lease now.
    public var isKept: Bool
    /// Its share of the requests a second that the service bears; nil where nothing limits it.
    public var allowed: Double?

    public init(isKept: Bool, allowed: Double? = nil) {
        self.isKept = isKept
        self.allowed = allowed
    }
}

/// What the dead had.
public struct Freed: Hashable, Sendable {
    public var sessions = 0
    /// Claimed and not sent: `wanted` again.
    public var wanted = 0
    /// Being sent: `unknown`.
    public var unknown = 0
    /// Open: for whoever takes them over.
    public var open = 0

    public init() {}
}

/// One worker, as others see it.
public struct FleetMember: Hashable, Sendable {
    public var session: String
    public var host: String
    public var pid: Int
    public var run: String?
    public var program: String?
    /// Milliseconds since 1970.
    public var startedAt: Int64
    /// When it last renewed its lease.
    public var seenAt: Int64
    public var report: WorkReport
    /// Its share of the requests a second; nil where nothing limits it.
    public var allowed: Double?

    public init(
        session: String, host: String, pid: Int, run: String?, program: String?, startedAt: Int64, seenAt: Int64,
        report: WorkReport, allowed: Double? = nil
    ) {
        self.session = session
        self.host = host
        self.pid = pid
        self.run = run
        self.program = program
        self.startedAt = startedAt
        self.seenAt = seenAt
        self.report = report
        self.allowed = allowed
    }
}
