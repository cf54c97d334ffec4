public import JobJournal
internal import RunClock

extension SQLStore {
    /// Milliseconds since 1970, by the journal's clock.
    func now(_ db: any SQLConnection) throws(SQLError) -> Int64 {
        guard let now = db.dialect.now else { return Int64(clock.unixTime * 1000) }
        return try db.run("select \(now)").first?.first?.integer ?? 0
    }

    /// Writes down what a worker says of itself.
    ///
    /// - Returns: its share of the requests a second.
    func note(_ report: WorkReport, _ db: any SQLConnection) throws(SQLError) -> Double? {
        let now = try now(db)
        try db.run(
            db.dialect.spelled(
                """
                insert into {worker} (session, server, account, label, slots, busy, wanted, seen_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (session) do update set slots = excluded.slots, busy = excluded.busy,
                    wanted = excluded.wanted, seen_at = excluded.seen_at
                """),
            [
                .text(own), .text(report.server), .text(report.account), SQLValue(report.label),
                SQLValue(report.slots), SQLValue(report.busy), .real(report.wanted), .integer(now),
            ])
        guard let rate = try Self.rate(report.server, report.account, db) else { return nil }
        return rate.share(of: report.wanted, in: try Self.demand(report.server, report.account, db), at: now)
    }

    private static func rate(
        _ server: String, _ account: String, _ db: any SQLConnection, locking: Bool = false
    ) throws(SQLError) -> SharedRate? {
        let row = try db.run(
            db.dialect.spelled(
                "select per_second, halved_at from {rate} where server = $1 and account = $2"
                    + (locking ? db.dialect.forUpdate : "")),
            [.text(server), .text(account)]
        ).first
        // What is no rate, whoever has written it, limits nothing.
        guard let row, let perSecond = row[0].real, perSecond.isFinite, perSecond > 0, let halvedAt = row[1].integer,
            halvedAt >= 0
        else { return nil }
        return SharedRate(perSecond: perSecond, halvedAt: halvedAt)
    }

    /// Requests a second that all workers of an account would make by themselves.
    private static func demand(_ server: String, _ account: String, _ db: any SQLConnection) throws(SQLError) -> Double
    {
        let rows = try db.run(
            db.dialect.spelled("select coalesce(sum(wanted), 0.0) from {worker} where server = $1 and account = $2"),
            [.text(server), .text(account)])
        return rows.first?.first?.real ?? 0
    }

    public func slowDown(server: String, account: String) async throws(JournalError) {
        try await write(durably: false) { [self] db throws(SQLError) in
            // A row to be locked has to be there.
            try db.run(
                db.dialect.spelled("insert into {rate} (server, account) values ($1, $2) on conflict do nothing"),
                [.text(server), .text(account)])
            let rate = try Self.rate(server, account, db, locking: true)
            let demand = try Self.demand(server, account, db)
            guard let halved = SharedRate.halved(rate, wanted: demand, at: try now(db)) else { return }
            try db.run(
                db.dialect.spelled(
                    "update {rate} set per_second = $1, halved_at = $2 where server = $3 and account = $4"),
                [.real(halved.perSecond), .integer(halved.halvedAt), .text(server), .text(account)])
        }
    }

    public func fleet() async throws(JournalError) -> [FleetMember] {
        try await commits.run(.read) { [self] db throws(SQLError) in
            let now = try now(db)
            let rows = try db.run(
                db.dialect.spelled(
                    """
                    select w.session, s.host, s.pid, s.run, s.program, s.started_at, w.seen_at, w.server, w.account,
                        w.label, w.slots, w.busy, w.wanted
                    from {worker} w join {session} s on s.id = w.session order by s.host, s.pid, s.id
                    """))
            var members: [FleetMember] = []
            for row in rows {
                guard let session = row[0].text, let server = row[7].text, let account = row[8].text,
                    try isAlive(session, db)
                else { continue }
                let report = WorkReport(
                    server: server, account: account, label: row[9].text, slots: Int(row[10].integer ?? 0),
                    busy: Int(row[11].integer ?? 0), wanted: row[12].real ?? 0)
                var member = FleetMember(
                    session: session, host: row[1].text ?? "", pid: Int(row[2].integer ?? 0), run: row[3].text,
                    program: row[4].text, startedAt: row[5].integer ?? 0, seenAt: row[6].integer ?? 0, report: report)
                member.allowed = try Self.rate(server, account, db)?.share(
                    of: report.wanted, in: Self.demand(server, account, db), at: now)
                members.append(member)
            }
            return members
        }
    }
}
