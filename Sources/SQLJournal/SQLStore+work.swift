public import JobJournal
internal import RunClock

extension SQLStore {
    public func enqueue(_ rows: [JobRow]) async throws(JournalError) -> [Enqueued] {
        try await write(durably: true) { [self] db throws(SQLError) in
            var outcomes: [Enqueued] = []
            var added: [JobRow] = []
            var keyed: [String: JobRow] = [:]
            for row in rows {
                var earlier = row.key.flatMap { keyed[$0] }
                if earlier == nil { earlier = try self.earlier(row, reusesRun: false, db) }
                // It was committed, and the answer lost on the way.
                if earlier?.submission == row.submission {
                    outcomes.append(.added)
                    continue
                }
                switch KeyRule.verdict(
                    on: earlier, content: row.content, account: row.account,
                    isOwnerAlive: try isAlive(earlier?.session, db),
                    paysTwice: false)
                {
                case .insert, .replace:
                    added.append(row)
                    if let key = row.key { keyed[key] = row }
                    outcomes.append(.added)
                case .attach, .wait: outcomes.append(earlier.map { .known($0) } ?? .added)
                case .unknown: outcomes.append(earlier.map { .unknown($0) } ?? .added)
                case .conflict(let conflict): outcomes.append(earlier.map { .keyReused($0, conflict) } ?? .added)
                }
            }
            let isRefused = outcomes.contains { outcome in
                switch outcome {
                case .added, .known: false
                case .keyReused, .unknown: true
                }
            }
            if !isRefused { try Self.insert(added, db) }
            return outcomes
        }
    }

    private static func insert(_ rows: [JobRow], _ db: any SQLConnection) throws(SQLError) {
        // So many that a statement's parameters stay far below what an engine takes.
        var rest = rows[...]
        while !rest.isEmpty {
            let some = rest.prefix(100)
            try db.run(db.dialect.spelled(JobColumns.insert(some.count)), some.flatMap(JobColumns.values))
            rest = rest.dropFirst(100)
        }
    }

    public func adopt(_ query: JobQuery, held: Set<String>) async throws(JournalError) -> [JobRow] {
        let states = JobState.list(query.states ?? JobState.allCases.filter(\.isOpen))
        return try await owning(durably: false) { [self] db throws(SQLError) in
            _ = try freeDead(db)
            // What an earlier call has taken over whose answer never came.
            let queued = query.isQueued ? " and due_at is not null" : ""
            var rows = try db.run(
                db.dialect.spelled(
                    "select \(JobColumns.list) from {job} where session = $1 and state in (\(states))\(queued)"),
                [.text(own)]
            ).compactMap(JobColumns.row).filter { !held.contains($0.submission) }
            let limit = query.limit.map { $0 - rows.count }
            guard limit ?? 1 > 0 else { return rows }
            var arguments: [SQLValue] = []
            func mark(_ value: SQLValue) -> String {
                arguments.append(value)
                return "$\(arguments.count)"
            }
            // First and by itself: in the condition of the update it might be looked up again for every row.
            var sql = "with free as materialized (select submission from {job} where state in (\(states))"
            sql += " and session is null"
            if let server = query.server { sql += " and server = \(mark(.text(server)))" }
            if let account = query.account { sql += " and account = \(mark(.text(account)))" }
            if let run = query.run { sql += " and run = \(mark(.text(run)))" }
            if let label = query.label { sql += " and label = \(mark(.text(label)))" }
            sql += queued
            sql += " order by updated_at, id"
            if let limit { sql += " limit \(limit)" }
            sql += """
                \(db.dialect.forUpdateSkipLocked)) update {job} set session = \(mark(.text(own))), fence = fence + 1
                where submission in (select submission from free) returning \(JobColumns.list)
                """
            rows += try db.run(db.dialect.spelled(sql), arguments).compactMap(JobColumns.row)
            return rows.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        }
    }
}
