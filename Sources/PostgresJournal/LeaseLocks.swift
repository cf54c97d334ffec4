import JobJournal
import SQLJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says who lives by leases in the database, timed by its clock: a process that has not renewed its own for 45 s is
/// dead, wherever it runs and whatever its clock shows. One of this machine that is gone is seen to be dead at once.
struct LeaseLocks: SessionLocks {
    private static let term: Int64 = 45_000

    /// This process's machine, as `JournalSession.boot` names it; nil where nobody can tell whose processes it sees.
    let boot: String?

    var needRenewal: Bool { true }

    func take(_ session: String, _ db: any SQLConnection) throws(SQLError) {
        try db.run(
            db.dialect.spelled("update {session} set alive_until = \(now(db)) + $1 where id = $2"),
            [.integer(Self.term), .text(session)])
    }

    func renew(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool {
        // One whose time is over may have been seen dead already: it never comes back.
        try !db.run(
            db.dialect.spelled(
                """
                update {session} set alive_until = \(now(db)) + $1 where id = $2 and alive_until > \(now(db))
                returning id
                """), [.integer(Self.term), .text(session)]
        ).isEmpty
    }

    func isAlive(_ session: String, _ db: any SQLConnection) throws(SQLError) -> Bool {
        let row = try db.run(
            db.dialect.spelled("select pid, boot from {session} where id = $1 and alive_until > \(now(db))"),
            [.text(session)]
        ).first
        return row.map { !isGone(pid: $0[0].integer, boot: $0[1].text) } ?? false
    }

    func dead(besides own: String, _ db: any SQLConnection) throws(SQLError) -> [String] {
        var arguments: [SQLValue] = [.text(own)]
        var conditions = ["alive_until <= \(now(db))"]
        if let boot {
            let here = try db.run(
                db.dialect.spelled("select id, pid from {session} where id <> $1 and boot = $2"),
                [.text(own), .text(boot)])
            for row in here where isGone(pid: row[1].integer, boot: boot) {
                arguments.append(row[0])
                conditions.append("id = $\(arguments.count)")
            }
        }
        return try db.run(
            db.dialect.spelled(
                """
                select id from {session} where id <> $1 and (\(conditions.joined(separator: " or ")))
                order by id\(db.dialect.forUpdateSkipLocked)
                """), arguments
        ).compactMap { $0[0].text }
    }

    func release(_ session: String) {}

    /// Whether that was a process of this machine, and there is none of its number any more.
    private func isGone(pid: Int64?, boot: String?) -> Bool {
        guard let boot, boot == self.boot, let pid = pid.flatMap({ pid_t(exactly: $0) }), pid > 0 else { return false }
        return kill(pid, 0) != 0 && errno == ESRCH
    }

    private func now(_ db: any SQLConnection) -> String { db.dialect.now ?? "0" }
}
