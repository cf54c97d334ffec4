public import DecartAPI
internal import Synchronization

/// What scripts and commands ask of a journal. A journal that cannot be used is `JOURNAL_UNAVAILABLE`.
extension Journal {
    /// Newest first.
    public func jobs(_ query: JobQuery) async throws(DecartError) -> [JobRow] {
        try await asking { store throws(JournalError) in try await store.jobs(query) }
    }

    /// What a list says of them, newest first.
    public func list(_ query: JobQuery) async throws(DecartError) -> [ListedJob] {
        try await asking { store throws(JournalError) in try await store.list(query) }
    }

    /// What this run, and today the account that it last submitted with, have spent or may have; all accounts, where it
    /// has submitted nothing.
    public func spendOfRun() async throws(DecartError) -> SpendSummary {
        let account = state.withLock { $0.account }
        return try await asking { [self] store throws(JournalError) in
            try await store.spend(account: account, run: settings.run.name, today: UTC.day(now), caps: settings.caps)
        }
    }

    /// What all accounts have spent today.
    public func spend() async throws(DecartError) -> SpendSummary {
        try await asking { [self] store throws(JournalError) in
            try await store.spend(account: nil, run: nil, today: UTC.day(now), caps: settings.caps)
        }
    }

    public func spend(by grouping: SpendGrouping) async throws(DecartError) -> [SpendRow] {
        try await asking { store throws(JournalError) in try await store.spend(by: grouping) }
    }

    public func storedCaps() async throws(DecartError) -> [Cap] {
        try await asking { store throws(JournalError) in try await store.storedCaps() }
    }

    public func store(cap: Money?, for scope: CapScope) async throws(DecartError) {
        try await asking { store throws(JournalError) in try await store.store(cap: cap, for: scope) }
    }

    /// Takes over the open jobs that no living process has.
    public func adopt(run: String?, server: String, key: [UInt8]?) async throws(DecartError) -> [JobRow] {
        let account = try await account(of: key)
        var query = JobQuery(run: run)
        query.server = server
        query.account = account
        let wanted = query
        let rows = try await asking { store throws(JournalError) in try await store.adopt(wanted, held: []) }
        stayAlive()
        for row in rows { follow(row) }
        return rows
    }

    /// From here on, what is seen of this job is news of this row.
    public func follow(_ row: JobRow) {
        guard let id = row.jobID else { return }
        tracker.add(
            JobTracker.Key(server: row.server, id: id),
            JobTracker.Entry(
                submission: row.submission, state: row.state, price: row.price.flatMap(Price.init(json:)),
                fence: row.fence))
    }

    /// What a person says of a submit whose reply was lost: it has that id, or there is no such job.
    ///
    /// - Returns: false where it is no such submit.
    public func resolve(_ row: JobRow, as id: JobID?) async throws(DecartError) -> Bool {
        var change = JobChange(.submission(row.submission), id == nil ? .abandon : .accept, at: now)
        change.jobID = id?.text
        change.isDurable = true
        let decided = change
        let lost = JobChange(.submission(row.submission), .lose, at: now)
        return try await asking { store throws(JournalError) in
            // What a process was sending that is dead by now reads `unknown`, and may not be written so yet.
            if row.state == .unknown { try await store.record(lost) }
            guard let stored = try await store.job(decided.subject), let event = decided.event,
                stored.state.after(event) != nil
            else { return false }
            try await store.record(decided)
            return true
        }
    }

    public func forget(_ rows: [JobRow]) async throws(DecartError) -> Int {
        try await asking { [self] store throws(JournalError) in
            try await store.forget(submissions: rows.map(\.submission), at: now)
        }
    }

    /// Forgets what ended before `time`, in milliseconds since 1970.
    public func prune(before time: Int64) async throws(DecartError) -> Int {
        try await asking { [self] store throws(JournalError) in
            try await store.prune(before: time, today: UTC.day(now))
        }
    }

    /// What is wrong with it, one sentence each.
    public func check() async throws(DecartError) -> [String] {
        try await asking { store throws(JournalError) in try await store.check() }
    }

    func asking<Value: Sendable>(
        _ body: (any JournalStore) async throws(JournalError) -> Value
    ) async throws(DecartError) -> Value {
        guard let store else { throw unavailable(JournalError(.other, "is switched off"), isSubmit: false) }
        do throws(JournalError) {
            return try await body(store)
        } catch {
            throw unavailable(error, isSubmit: false)
        }
    }
}
