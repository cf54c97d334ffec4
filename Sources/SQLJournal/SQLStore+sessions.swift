public import JobJournal
internal import RunClock
internal import Synchronization

extension SQLStore {
    /// Runs `body`, which gives jobs to this process, in a transaction in which others know that it lives.
    ///
    /// - Throws: `.runInUse` too, where another process that lives has its run.
    func owning<Value: Sendable>(
        durably isDurable: Bool, renews: Bool = false,
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLError) -> Value
    ) async throws(JournalError) -> Value {
        let began = clock.now
        let result = try await write(durably: isDurable) { [self] db throws(SQLError) in
            let place = try register(db, at: began, renews: renews)
            if case .runInUse(let pid) = place { return Owned<Value>.runInUse(pid) }
            do throws(SQLError) {
                return .done(try body(db), isNew: place == .new)
            } catch  where error.kind == .conflict {
                // Its session may be what has gone meanwhile: the next try asks.
                lease.withLock { $0.doubted() }
                throw error
            }
        }
        switch result {
        case .runInUse(let pid):
            throw JournalError(
                .runInUse,
                "has a run named \(parts.session.run) that is under way, as process \(pid): one process a run")
        case .done(let value, let isNew):
            if isNew { lease.withLock { $0.registered(at: began) } }
            return value
        }
    }

    private enum Owned<Value: Sendable>: Sendable {
        case runInUse(Int64)
        case done(Value, isNew: Bool)
    }

    private enum Place: Equatable {
        case kept, new
        case runInUse(Int64)
    }

    /// Puts this process into the journal, if it is not there and known to live.
    private func register(
        _ db: any SQLConnection, at instant: RunInstant, renews: Bool
    ) throws(SQLError) -> Place {
        let lease = lease.withLock { $0 }
        if lease.isRegistered {
            let isTrusted = !parts.locks.needRenewal || (lease.isFresh(at: instant) && !renews)
            if isTrusted, !lease.isDoubted { return .kept }
            if try parts.locks.renew(own, db) { return .new }
            parts.locks.release(own)
            self.lease.withLock { $0.lost() }
        }
        let session = parts.session
        let id = own
        if session.ownsRun {
            try db.lock("run \(session.run)")
            let others = try db.run(
                db.dialect.spelled("select id, pid from {session} where run = $1 and id <> $2"),
                [.text(session.run), .text(id)])
            for other in others {
                if try isAlive(other[0].text, db) { return .runInUse(other[1].integer ?? 0) }
            }
        }
        try db.run(
            db.dialect.spelled(
                """
                insert into {session} (id, host, pid, boot, run, program, started_at)
                values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing
                """),
            [
                .text(id), .text(session.host), SQLValue(session.pid), SQLValue(session.boot), .text(session.run),
                .text(session.program), SQLValue(session.startedAt),
            ])
        try parts.locks.take(id, db)
        return .new
    }

    func isAlive(_ session: String?, _ db: any SQLConnection) throws(SQLError) -> Bool {
        guard let session else { return false }
        if session == own { return true }
        return try parts.locks.isAlive(session, db)
    }

    // MARK: Leases

    public var ownSession: String { own }

    public var isLeaseOver: Bool {
        parts.locks.needRenewal && lease.withLock { $0.isOver(at: clock.now) }
    }

    public var needsRenewal: Bool { parts.locks.needRenewal }

    public var clockOffset: Int64 { offset.withLock { $0 } }

    /// Compares the journal's clock with this process's, where it has its own.
    func compareClocks(_ db: any SQLConnection) throws(SQLError) {
        guard let now = db.dialect.now else { return }
        let before = clock.unixTime
        guard let theirs = try db.run("select \(now)").first?.first?.integer else { return }
        let mine = Int64((before + clock.unixTime) * 500)
        offset.withLock { $0 = theirs - mine }
    }

    public func renew(_ report: WorkReport?) async throws(JournalError) -> Renewal {
        let before = lease.withLock { $0.isRegistered ? $0.id : nil }
        let allowed = try await owning(durably: false, renews: true) { [self] db throws(SQLError) in
            try compareClocks(db)
            return try report.flatMap { report throws(SQLError) in try note(report, db) }
        }
        return Renewal(isKept: before == nil || before == own, allowed: allowed)
    }

    // MARK: The dead

    public func freeDead() async throws(JournalError) -> Freed {
        try await write(durably: false) { [self] db throws(SQLError) in try freeDead(db) }
    }

    func freeDead(_ db: any SQLConnection) throws(SQLError) -> Freed {
        var freed = Freed()
        for session in try parts.locks.dead(besides: own, db) {
            let left = try Self.free(session, db)
            freed.sessions += 1
            freed.wanted += left.wanted
            freed.unknown += left.unknown
            freed.open += left.open
            parts.locks.release(session)
        }
        return freed
    }

    /// Gives up what a process had, which is dead or about to end. What it was sending may have arrived, or not.
    @discardableResult
    static func free(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Freed {
        var freed = Freed()
        let rows = try db.run(
            db.dialect.spelled(
                """
                update {job} set session = null, fence = fence + 1,
                    charge = case when state = 'claimed' then 0 else charge end,
                    state = case state when 'sending' then 'unknown' when 'claimed' then 'wanted' else state end
                where session = $1 returning state
                """), [.text(session)])
        for row in rows {
            switch row[0].text.flatMap(JobState.init(rawValue:)) {
            case .wanted?: freed.wanted += 1
            case .unknown?: freed.unknown += 1
            case let state? where state.isOpen: freed.open += 1
            default: break
            }
        }
        for table in ["{worker} where session", "{session} where id"] {
            try db.run(db.dialect.spelled("delete from \(table) = $1"), [.text(session)])
        }
        return freed
    }
}
