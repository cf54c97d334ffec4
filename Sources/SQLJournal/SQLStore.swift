public import JobJournal
public import RunClock
internal import Synchronization

/// The journal in SQL: the same statements on every engine.
public final class SQLStore: JournalStore {
    /// What the store needs besides a connection.
    public struct Parts: Sendable {
        public var session: JournalSession
        public var locks: any SessionLocks
        /// Keeps an accepted job's id where the journal cannot; returns where.
        public var keepAside: @Sendable (JobChange) -> String?
        /// The accepted jobs that were kept so, and a call to make with those that are in the journal by then.
        public var keptAside: KeptAside

        public typealias KeptAside =
            @Sendable () -> (changes: [JobChange], done: @Sendable (_ taken: [JobChange]) -> Void)

        public init(
            session: JournalSession, locks: any SessionLocks,
            keepAside: @escaping @Sendable (JobChange) -> String? = { _ in nil },
            keptAside: @escaping KeptAside = { ([], { _ in }) }
        ) {
            self.session = session
            self.locks = locks
            self.keepAside = keepAside
            self.keptAside = keptAside
        }
    }

    /// What was found out about the journal when it was opened.
    struct Opened: Sendable {
        var salt: String
        var isNewer: Bool
    }

    let parts: Parts
    let commits: GroupCommit
    let clock: any RunClock
    private let opened = Mutex<Opened?>(nil)
    /// This process in the journal.
    let lease: Mutex<SessionLease>
    /// See `clockOffset`.
    let offset = Mutex<Int64>(0)
    /// Whether what earlier processes left behind has been seen to.
    private let hasCaughtUp = Mutex(false)

    /// - Parameters:
    ///   - open: opens the connection, on first use.
    ///   - moment: is called before and after each commit; for tests that end the process there.
    public convenience init(
        parts: Parts, clock: any RunClock, open: @escaping @Sendable () throws(JournalError) -> any SQLConnection
    ) {
        self.init(parts: parts, clock: clock, moment: nil, open: open)
    }

    package init(
        parts: Parts, clock: any RunClock, moment: (@Sendable (_ isCommitted: Bool) -> Void)?,
        open: @escaping @Sendable () throws(JournalError) -> any SQLConnection
    ) {
        self.parts = parts
        self.clock = clock
        lease = Mutex(SessionLease(id: parts.session.id))
        commits = GroupCommit(
            clock: clock, moment: moment.map { moment in { @Sendable in moment($0 == .afterCommit) } }, open: open)
    }

    public func salt() async throws(JournalError) -> String {
        if let known = opened.withLock({ $0 }) { return known.salt }
        let found = try await commits.run(.read) { [self] db throws(SQLError) in
            let facts = try Self.facts(db)
            try compareClocks(db)
            return facts
        }
        opened.withLock { $0 = found }
        return found.salt
    }

    /// This process's name in the journal at present.
    var own: String { lease.withLock { $0.id } }

    static func facts(_ db: any SQLConnection) throws(SQLError) -> Opened {
        var opened = Opened(salt: "", isNewer: false)
        for row in try db.run(db.dialect.spelled("select name, value from {meta}")) {
            switch row[0].text {
            case "salt": opened.salt = row[1].text ?? ""
            case "format": opened.isNewer = (row[1].text.flatMap { Int($0) } ?? .max) > JournalSchema.format
            default: break
            }
        }
        return opened
    }

    /// Runs `body` as a part of a transaction that writes.
    func write<Value: Sendable>(
        durably isDurable: Bool, _ body: @escaping @Sendable (any SQLConnection) throws(SQLError) -> Value
    ) async throws(JournalError) -> Value {
        _ = try await salt()
        guard opened.withLock({ $0?.isNewer }) != true else {
            throw JournalError(
                .newerFormat, "was written by a later version of this program, and can only be read by this one")
        }
        let leftover = hasCaughtUp.withLock { $0 } ? nil : parts.keptAside()
        // What is taken out of the log afterwards has to be on the disk by then.
        let takesIn = leftover.map { !$0.changes.isEmpty } ?? false
        let (value, taken) = try await commits.run(isDurable || takesIn ? .durable : .relaxed) {
            [self] db throws(SQLError) in
            var taken: [JobChange] = []
            if let leftover { taken = try catchUp(db, leftover.changes) }
            return (try body(db), taken)
        }
        if let leftover {
            hasCaughtUp.withLock { $0 = true }
            leftover.done(taken)
        }
        return value
    }

    /// Before the first write of a process: takes in what could not be written earlier, and frees what the dead had.
    ///
    /// - Returns: those of `kept` that have a place in the journal now. An id whose row is not there, as in one that was
    ///   brought back from a copy, is kept on.
    private func catchUp(_ db: any SQLConnection, _ kept: [JobChange]) throws(SQLError) -> [JobChange] {
        var taken: [JobChange] = []
        for change in kept {
            if try apply(change, db).isApplied {
                taken.append(change)
            } else if let row = try Self.find(change.subject, db),
                row.jobID == change.jobID || row.state == .forgotten
            {
                taken.append(change)
            }
        }
        _ = try freeDead(db)
        return taken
    }
}
