public import JobJournal

extension SQLStore {
    public func admit(_ intent: JobIntent) async throws(JournalError) -> Admission {
        try await owning(durably: true) { [self] db throws(SQLError) in try decide(intent, db) }
    }

    private func decide(_ intent: JobIntent, _ db: any SQLConnection) throws(SQLError) -> Admission {
        var row = intent.row
        row.session = own
        row.fence = 1
        // Statements of their own, before anything is read: whoever waits here sees what the one before has written.
        if intent.caps.contains(where: { $0.scope != .submit }) { try db.lock("caps \(row.account)") }
        let stored = try storedCaps(for: row, db)
        if let earlier = try earlier(intent.row, reusesRun: intent.reusesRun, db) {
            // It was committed, and the answer lost on the way.
            if earlier.submission == row.submission { return .send }
            let isAlive = try isAlive(earlier.session, db)
            let verdict = KeyRule.verdict(
                on: earlier, content: row.content, account: row.account, isOwnerAlive: isAlive,
                paysTwice: intent.paysTwice)
            switch verdict {
            case .insert: break
            case .attach: return .known(earlier)
            case .wait: return .wait(earlier)
            case .unknown: return .unknown(try lost(earlier, at: row.createdAt, db))
            case .conflict(let conflict): return .keyReused(earlier, conflict)
            case .replace:
                _ = try lost(earlier, at: row.createdAt, db)
                try db.run(
                    db.dialect.spelled("update {job} set key = null, ordinal = null where submission = $1"),
                    [.text(earlier.submission)])
            }
        }
        if let refusal = try Self.refusal(of: row, intent.estimate, under: intent.caps + stored, db) { return refusal }
        try db.run(db.dialect.spelled(JobColumns.insertOne), JobColumns.values(of: row))
        return .send
    }

    /// The row that this one may be already.
    func earlier(_ row: JobRow, reusesRun: Bool, _ db: any SQLConnection) throws(SQLError) -> JobRow? {
        if let key = row.key {
            let rows = try db.run(
                db.dialect.spelled("select \(JobColumns.list) from {job} where server = $1 and key = $2"),
                [.text(row.server), .text(key)]
            ).compactMap(JobColumns.row)
            return rows.first { $0.account == row.account } ?? rows.first { !$0.state.freesKey }
        }
        guard reusesRun, let ordinal = row.ordinal, let run = row.run else { return nil }
        return try db.run(
            db.dialect.spelled(
                """
                select \(JobColumns.list) from {job} where run = $1 and content = $2 and ordinal = $3
                order by created_at desc limit 1
                """),
            [.text(run), .text(row.content), SQLValue(ordinal)]
        ).compactMap(JobColumns.row).first
    }

    /// A job whose process has died while it was being sent, or that is `unknown` already.
    private func lost(
        _ row: JobRow, at time: Int64, _ db: any SQLConnection
    ) throws(SQLError) -> JobRow {
        _ = try apply(JobChange(.submission(row.submission), .lose, at: time), db)
        return try Self.find(.submission(row.submission), db) ?? row
    }

    /// Why these caps do not admit a job; nil if they do.
    static func refusal(
        of row: JobRow, _ estimate: CostEstimate, under caps: [Cap], _ db: any SQLConnection
    ) throws(SQLError) -> Admission? {
        for cap in caps {
            let spent = try spent(against: cap, row, db)
            switch estimate {
            case .unknown(let reason): return .unpriced(cap, reason)
            case .known(let estimate):
                guard cap.admits(estimate, spent: spent) else { return .overBudget(cap, spent: spent) }
            }
        }
        return nil
    }

    func storedCaps(for row: JobRow, _ db: any SQLConnection) throws(SQLError) -> [Cap] {
        let scopes = [CapScope.day, row.run.map { .run($0) }, row.label.map { .label($0) }].compactMap { $0?.stored }
        let marks = (1...scopes.count).map { "$\($0)" }.joined(separator: ", ")
        let rows = try db.run(
            db.dialect.spelled(
                "select scope, cap from {budget} where scope in (\(marks)) order by scope\(db.dialect.forUpdate)"),
            scopes.map { .text($0) })
        return rows.compactMap(Self.cap)
    }

    static func cap(_ values: [SQLValue]) -> Cap? {
        guard let scope = values[0].text.flatMap(CapScope.init(stored:)), let limit = values[1].integer else {
            return nil
        }
        return Cap(scope, Money(micros: limit), isStored: true)
    }

    /// What counts against `cap` before this row. Days to come count too: the clock may have gone back.
    static func spent(against cap: Cap, _ row: JobRow, _ db: any SQLConnection) throws(SQLError) -> Money {
        let condition: String
        var arguments: [SQLValue]
        switch cap.scope {
        case .submit: return .zero
        case .day:
            condition = "period >= $1"
            arguments = [.text(row.period)]
        case .run(let run):
            condition = "run = $1"
            arguments = [.text(run)]
        case .label(let label):
            condition = "label = $1"
            arguments = [.text(label)]
        }
        // Not this row itself, which may be there already: see `GroupCommit`. It is taken off the sum, not left out of it:
        // that would have every row looked up.
        arguments.append(.text(row.submission))
        var account = ""
        if !cap.isStored {
            arguments.append(.text(row.account))
            account = " and account = $3"
        }
        let rows = try db.run(
            db.dialect.spelled(
                """
                select -coalesce((select charge from {job} where \(condition) and submission = $2\(account)), 0)
                    + coalesce(sum(charge), 0) from {job} where \(condition)\(account)
                """), arguments)
        return Money(micros: rows.first?.first?.integer ?? 0)
    }

    static func sum(
        _ condition: String, _ arguments: [SQLValue], _ db: any SQLConnection
    ) throws(SQLError) -> Money {
        let rows = try db.run(
            db.dialect.spelled("select coalesce(sum(charge), 0) from {job} where \(condition)"), arguments)
        return Money(micros: rows.first?.first?.integer ?? 0)
    }
}
