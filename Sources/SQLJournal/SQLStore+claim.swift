public import JobJournal

extension SQLStore {
    public func claim(_ request: ClaimRequest) async throws(JournalError) -> Claim {
        try await owning(durably: true) { [self] db throws(SQLError) in
            var claim = Claim()
            // What an earlier call has taken whose answer never came.
            claim.rows = try db.run(
                db.dialect.spelled("select \(JobColumns.list) from {job} where session = $1 and state = 'claimed'"),
                [.text(own)]
            ).compactMap(JobColumns.row).filter { !request.held.contains($0.submission) }
            if !request.caps.isEmpty { try db.lock("caps \(request.account)") }
            var budget = try ClaimBudget(request, db)
            var many = 0
            while claim.rows.count < request.count, !budget.isFull {
                let before = (claim.rows.count, budget.fullLabels.count)
                let count = max(request.count - claim.rows.count, many)
                for candidate in try Self.candidates(request, count: count, budget, db) {
                    guard claim.rows.count < request.count, !budget.isFull else { break }
                    guard !budget.isFull(candidate.label) else { continue }
                    var row = candidate
                    row.run = request.run
                    row.period = request.period
                    if let reason = try budget.refusal(of: row, db) {
                        if claim.heldBack == nil { claim.heldBack = Claim.HeldBack(row: candidate, reason: reason) }
                        continue
                    }
                    claim.rows += try take(row, at: request.at, db)
                    budget.charge(row)
                }
                guard before != (claim.rows.count, budget.fullLabels.count) else { break }
                // Where one label has no room left, several may.
                many = 64
            }
            if claim.heldBack == nil, claim.rows.count < request.count {
                claim.heldBack = try Self.unpriced(request, budget, db)
            }
            return claim
        }
    }

    /// The next jobs that caps may have room for. What has no estimate is left out where a cap would refuse it: it can
    /// be thousands of jobs, which are not to be gone through each time.
    private static func candidates(
        _ request: ClaimRequest, count: Int, _ budget: ClaimBudget, _ db: any SQLConnection
    ) throws(SQLError) -> [JobRow] {
        var waiting = WaitingJobs(request)
        if let condition = budget.refusesUnpriced { waiting.conditions.append("not (\(condition))") }
        if !budget.fullLabels.isEmpty {
            // An engine takes some ten thousands of parameters; the rest is left out above.
            let labels = budget.fullLabels.sorted().prefix(1000).map { waiting.mark($0) }
            waiting.conditions.append("(label is null or label not in (\(labels.joined(separator: ", "))))")
        }
        return try waiting.rows(count, db.dialect.forUpdateSkipLocked, db)
    }

    /// The first job that is left where it is because nobody knows what it costs.
    private static func unpriced(
        _ request: ClaimRequest, _ budget: ClaimBudget, _ db: any SQLConnection
    ) throws(SQLError) -> Claim.HeldBack? {
        guard let condition = budget.refusesUnpriced else { return nil }
        var waiting = WaitingJobs(request)
        waiting.conditions.append(condition)
        guard let row = try waiting.rows(1, "", db).first, let cap = budget.caps(for: row).first else { return nil }
        return Claim.HeldBack(row: row, reason: .unpriced(cap, ClaimBudget.noEstimate))
    }

    private func take(_ row: JobRow, at time: Int64, _ db: any SQLConnection) throws(SQLError) -> [JobRow] {
        try db.run(
            db.dialect.spelled(
                """
                update {job} set state = 'claimed', session = $1, fence = fence + 1, charge = $2, run = $3, period = $4,
                    updated_at = case when updated_at < $5 then $5 else updated_at end
                where submission = $6 and state = 'wanted' returning \(JobColumns.list)
                """),
            [
                .text(own), .integer(row.estimate?.micros ?? 0), SQLValue(row.run), .text(row.period), .integer(time),
                .text(row.submission),
            ]
        ).compactMap(JobColumns.row)
    }
}

/// The jobs that wait for a worker such as the one that asks, in the order in which they are taken.
private struct WaitingJobs {
    var conditions: [String]
    private var arguments: [SQLValue]

    init(_ request: ClaimRequest) {
        conditions = ["state = 'wanted'", "server = $1", "account = $2"]
        arguments = [.text(request.server), .text(request.account)]
        if let label = request.label { conditions.append("label = \(mark(label))") }
    }

    mutating func mark(_ text: String) -> String {
        arguments.append(.text(text))
        return "$\(arguments.count)"
    }

    func rows(_ limit: Int, _ locking: String, _ db: any SQLConnection) throws(SQLError) -> [JobRow] {
        try db.run(
            db.dialect.spelled(
                """
                select \(JobColumns.list) from {job} where \(conditions.joined(separator: " and "))
                order by priority desc, created_at, id limit \(limit)\(locking)
                """), arguments
        ).compactMap(JobColumns.row)
    }
}

/// The caps that a worker's jobs fall under, and what counts against each: read once, and then added up here.
private struct ClaimBudget {
    static let noEstimate =
        "Its price was not known when it was added: forget it, and add it again with a price or maxSeconds."

    /// Of the worker itself, and of days and runs: they hold for every job.
    private let general: [Cap]
    private let labels: [String: Cap]
    private var spent: [Cap: Money] = [:]
    /// The labels whose caps have had no room for a job.
    private(set) var fullLabels: Set<String> = []
    /// Whether a cap of all jobs had none.
    private(set) var isFull = false

    init(_ request: ClaimRequest, _ db: any SQLConnection) throws(SQLError) {
        let scopes = [CapScope.day, .run(request.run)] + (request.label.map { [.label($0)] } ?? [])
        let marks = scopes.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        // All of them at once and in one order, as submits have them: who locks them one by one may meet another who
        // does so the other way round.
        let stored = try db.run(
            db.dialect.spelled(
                """
                select scope, cap from {budget}
                where scope in (\(marks))\(request.label == nil ? " or substr(scope, 1, 6) = 'label:'" : "")
                order by scope\(db.dialect.forUpdate)
                """), scopes.compactMap { $0.stored.map { .text($0) } }
        ).compactMap(SQLStore.cap)
        var general = request.caps
        var labels: [String: Cap] = [:]
        for cap in stored {
            if case .label(let label) = cap.scope { labels[label] = cap } else { general.append(cap) }
        }
        (self.general, self.labels) = (general, labels)
    }

    func isFull(_ label: String?) -> Bool { label.map(fullLabels.contains) ?? false }

    func caps(for row: JobRow) -> [Cap] { general + (row.label.flatMap { labels[$0] }.map { [$0] } ?? []) }

    /// The condition of a job that has no estimate and falls under a cap; nil where there is none.
    var refusesUnpriced: String? {
        if !general.isEmpty { return "estimate is null" }
        if labels.isEmpty { return nil }
        return "estimate is null and label is not null"
            + " and exists (select 1 from {budget} where scope = 'label:' || label)"
    }

    /// Why a job is not taken; nil if it is.
    mutating func refusal(of row: JobRow, _ db: any SQLConnection) throws(SQLError) -> Admission? {
        for cap in caps(for: row) {
            guard let estimate = row.estimate else { return .unpriced(cap, Self.noEstimate) }
            let sum: Money
            if let known = spent[cap] { sum = known } else { sum = try SQLStore.spent(against: cap, row, db) }
            spent[cap] = sum
            guard cap.admits(estimate, spent: sum) else {
                if case .label(let label) = cap.scope { fullLabels.insert(label) } else { isFull = true }
                return .overBudget(cap, spent: sum)
            }
        }
        return nil
    }

    /// A job was taken.
    mutating func charge(_ row: JobRow) {
        for cap in caps(for: row) { spent[cap] = (spent[cap] ?? .zero) + (row.estimate ?? .zero) }
    }
}
