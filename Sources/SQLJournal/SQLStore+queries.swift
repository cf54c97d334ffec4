public import JobJournal

extension SQLStore {
    public func job(_ subject: JobChange.Subject) async throws(JournalError) -> JobRow? {
        try await commits.run(.read) { db throws(SQLError) in try Self.find(subject, db) }
    }

    public func jobs(_ query: JobQuery) async throws(JournalError) -> [JobRow] {
        try await commits.run(.read) { [self] db throws(SQLError) in try select(query, db) }
    }

    public func list(_ query: JobQuery) async throws(JournalError) -> [ListedJob] {
        try await commits.run(.read) { [self] db throws(SQLError) in
            try collect(query, JobColumns.listed, \.state, db) { values in
                JobColumns.listedJob(values).map { ($0, owner: $0.state == .sending ? values[12].text : nil) }
            }
        }
    }

    func select(_ query: JobQuery, _ db: any SQLConnection) throws(SQLError) -> [JobRow] {
        try collect(query, JobColumns.list, \.state, db) { values in
            JobColumns.row(values).map { ($0, owner: $0.session) }
        }
    }

    /// Newest first, with the state that a job has by now: what the dead were sending is unknown.
    private func collect<Row>(
        _ query: JobQuery, _ columns: String, _ state: WritableKeyPath<Row, JobState>, _ db: any SQLConnection,
        _ read: ([SQLValue]) -> (row: Row, owner: String?)?
    ) throws(SQLError) -> [Row] {
        let selection = JobSelection(query)
        var rows: [Row] = []
        var sending: [(index: Int, owner: String?)] = []
        try db.each(db.dialect.spelled(selection.sql(columns)), selection.arguments) { values in
            guard let (row, owner) = read(values) else { return }
            if row[keyPath: state] == .sending { sending.append((rows.count, owner)) }
            rows.append(row)
        }
        var living: [String?: Bool] = [:]
        for (index, owner) in sending {
            if living[owner] == nil { living[owner] = try isAlive(owner, db) }
            if living[owner] != true { rows[index][keyPath: state] = .unknown }
        }
        guard selection.isWider else { return rows }
        let wanted = rows.filter { query.states?.contains($0[keyPath: state]) ?? true }
        return query.limit.map { Array(wanted.prefix($0)) } ?? wanted
    }

    public func counts() async throws(JournalError) -> [JobState: Int] {
        try await commits.run(.read) { db throws(SQLError) in
            var counts: [JobState: Int] = [:]
            for row in try db.run(db.dialect.spelled("select state, count(*) from {job} group by state")) {
                guard let state = row[0].text.flatMap(JobState.init(rawValue:)) else { continue }
                counts[state] = Int(row[1].integer ?? 0)
            }
            return counts
        }
    }

    public func spend(
        account: String?, run: String?, today: String, caps: [Cap]
    ) async throws(JournalError) -> SpendSummary {
        try await commits.run(.read) { [self] db throws(SQLError) in
            var summary = SpendSummary()
            func sum(_ condition: String, _ arguments: [SQLValue]) throws(SQLError) -> Money {
                guard let account else { return try Self.sum(condition, arguments, db) }
                return try Self.sum(
                    "\(condition) and account = $\(arguments.count + 1)", arguments + [.text(account)], db)
            }
            summary.day = try sum("period >= $1", [.text(today)])
            if let run { summary.run = try sum("run = $1", [.text(run)]) }
            var lost = JobQuery(states: [.unknown])
            lost.account = account
            summary.unknown = try select(lost, db).reduce(.zero) { $0 + $1.charge }
            let unpriced = try db.run(
                db.dialect.spelled(
                    "select \(Self.unpriced) from {job} where period >= $1\(account == nil ? "" : " and account = $2")"),
                [.text(today)] + (account.map { [.text($0)] } ?? []))
            summary.unpriced = Int(unpriced.first?.first?.integer ?? 0)
            summary.caps = caps + (try storedCaps(db))
            return summary
        }
    }

    /// How many jobs may have cost something, and nobody could tell what.
    private static let unpriced = """
        coalesce(sum(case when estimate is null and charge = 0 and state not in ('wanted', 'claimed', 'refused', \
        'abandoned') then 1 else 0 end), 0)
        """

    public func spend(by grouping: SpendGrouping) async throws(JournalError) -> [SpendRow] {
        let column =
            switch grouping {
            case .day: "period"
            case .run: "run"
            case .label: "label"
            case .model: "model"
            }
        return try await commits.run(.read) { db throws(SQLError) in
            try db.run(
                db.dialect.spelled(
                    """
                    select \(column), count(*), sum(charge), \(Self.unpriced) from {job} group by \(column)
                    order by max(created_at) desc
                    """)
            ).map { row in
                SpendRow(
                    name: row[0].text, jobs: Int(row[1].integer ?? 0), charge: Money(micros: row[2].integer ?? 0),
                    unpriced: Int(row[3].integer ?? 0))
            }
        }
    }

    public func storedCaps() async throws(JournalError) -> [Cap] {
        try await commits.run(.read) { [self] db throws(SQLError) in try storedCaps(db) }
    }

    private func storedCaps(_ db: any SQLConnection) throws(SQLError) -> [Cap] {
        try db.run(db.dialect.spelled("select scope, cap from {budget} order by scope")).compactMap(Self.cap)
    }

    public func store(cap: Money?, for scope: CapScope) async throws(JournalError) {
        guard let name = scope.stored else { return }
        try await write(durably: true) { db throws(SQLError) in
            guard let cap else {
                try db.run(db.dialect.spelled("delete from {budget} where scope = $1"), [.text(name)])
                return
            }
            try db.run(
                db.dialect.spelled(
                    """
                    insert into {budget} (scope, cap) values ($1, $2)
                    on conflict (scope) do update set cap = excluded.cap
                    """), [.text(name), .integer(cap.micros)])
        }
    }

    public func check() async throws(JournalError) -> [String] {
        try await commits.run(.read) { db throws(SQLError) in
            var problems = try db.damages()
            let checks = [
                (
                    "accepted without a server's id",
                    "job_id is null and accepted_at is not null and state <> 'forgotten'"
                ),
                ("refused, and charged all the same", "state in ('refused', 'abandoned') and charge <> 0"),
                ("being sent by nobody", "state in ('sending', 'claimed') and session is null"),
                ("charged less than nothing", "charge < 0"),
            ]
            for (what, condition) in checks {
                let rows = try db.run(db.dialect.spelled("select id from {job} where \(condition) order by id limit 5"))
                let ids = rows.compactMap { $0[0].text }
                if !ids.isEmpty { problems.append("Jobs \(what): \(ids.joined(separator: ", "))") }
            }
            let repeated = try db.run(
                db.dialect.spelled(
                    """
                    select job_id from {job} where job_id is not null group by server, job_id having count(*) > 1
                    order by job_id limit 5
                    """)
            ).compactMap { $0[0].text }
            if !repeated.isEmpty {
                problems.append(
                    "Ids that a server gave out more than once: \(repeated.joined(separator: ", ")). A test server that "
                        + "begins again does that")
            }
            return problems
        }
    }
}
