public import DecartAPI
internal import RunClock
internal import Synchronization

/// Which jobs a worker does.
public struct WorkQuery: Hashable, Sendable {
    public var server: String
    public var account: String
    /// Only jobs with this label; nil: all.
    public var label: String?

    public init(server: String, account: String, label: String? = nil) {
        self.server = server
        self.account = account
        self.label = label
    }
}

/// What a worker has got.
public struct WorkTaken: Sendable {
    /// Those that were taken over from the dead come first: they are paid for.
    public var rows: [JobRow] = []
    /// Why a job was left where it is: `OVER_BUDGET`.
    public var heldBack: DecartError?
}

/// The worker's side of the queue. A journal that cannot be used is `JOURNAL_UNAVAILABLE`.
extension Journal {
    /// Takes jobs: first open ones that a dead worker has left behind, then waiting ones, which are charged.
    public func takeWork(_ query: WorkQuery, upTo count: Int) async throws(DecartError) -> WorkTaken {
        use()
        let held = state.withLock { Set($0.work.values.map(\.submission)) }
        var taken = WorkTaken()
        var open = JobQuery(label: query.label)
        open.server = query.server
        open.account = query.account
        open.isQueued = true
        open.limit = count
        let left = open
        taken.rows = try await asking { store throws(JournalError) in try await store.adopt(left, held: held) }
        for row in taken.rows { follow(row) }
        if taken.rows.count < count {
            var request = ClaimRequest(
                server: query.server, account: query.account, label: query.label, count: count - taken.rows.count,
                run: settings.run.name, at: now)
            request.held = held
            request.caps = settings.caps
            let asked = request
            let claim = try await asking { store throws(JournalError) in try await store.claim(asked) }
            taken.rows += claim.rows
            taken.heldBack = claim.heldBack.map { held in
                error(of: held.reason, held.row.estimate.map { .known($0) } ?? .unknown(""))
            }
        }
        let rows = taken.rows
        state.withLock { state in
            for row in rows { state.work[row.id] = row }
        }
        return taken
    }

    /// A worker has nothing more to do with a job. One that it claimed and never sent waits again.
    ///
    /// - Returns: the row as it is now; nil where it cannot be read.
    public func endWork(on row: JobRow) async -> JobRow? {
        await record(.release, of: row, error: nil)
        let mark = SendMark(row)
        // One that was to be sent and was not, since the journal gave no answer to that, would be called lost.
        if state.withLock({ $0.sends[mark] }) == .doubtful { await record(.recall, of: row, error: nil) }
        let now = (try? await store?.job(.submission(row.submission))) ?? nil
        state.withLock { state in
            state.work[row.id] = nil
            state.sends[mark] = nil
        }
        return now
    }

    /// A claimed job is not to be sent: its inputs are gone, or its script will not.
    public func declineWork(on row: JobRow, _ error: String) async {
        await record(.decline, of: row, error: error)
    }

    /// Where a job that this process has taken stands by now.
    public func workState(of row: JobRow) async throws(DecartError) -> JobRow? {
        try await asking { store throws(JournalError) in try await store.job(.submission(row.submission)) }
    }

    private func record(_ event: JobEvent, of row: JobRow, error: String?) async {
        var change = JobChange(.submission(row.submission), event, at: now)
        change.fence = row.fence
        change.error = error
        // What cannot be written now is put right when this process is over.
        _ = try? await store?.record(change)
    }

    /// Goes on from a claimed job to its submit, or finds that it was submitted.
    ///
    /// - Throws: `INVALID_OPTIONS` for a job that this process has not taken; `INVALID_INPUT` for other inputs than
    ///   those that were added; `SUBMIT_UNKNOWN`, `JOURNAL_UNAVAILABLE`. Nothing was sent then.
    func resumeWork(on id: String, _ draft: JobDraft) async throws(DecartError) -> SubmitTicket {
        guard let row = state.withLock({ $0.work[id] }) else {
            throw DecartError(
                .invalidOptions, "row must be the id of a job that this worker has taken, not \(Excerpt.quoted(id)).")
        }
        var content = draft.content
        let key = draft.key
        let subject = JobChange.Subject.submission(row.submission)
        content.account = try await account(of: key)
        try Self.compare(content, with: row)
        let stored = try await asking { store throws(JournalError) in try await store.job(subject) }
        guard let stored, stored.fence == row.fence else { throw lostWork(row) }
        switch stored.state {
        case .claimed: break
        // Its `send` was written, and the answer to that lost: nothing has left yet.
        case .sending where isUnsent(stored): break
        case .unknown: throw error(of: .unknown(stored), .known(.zero))
        case .accepted, .running, .completed, .fetched, .consumed, .failed, .expired:
            follow(stored)
            return .known(stored)
        case .wanted, .sending, .refused, .abandoned, .forgotten:
            throw DecartError(
                .invalidOptions, "The job \(row.id) is \(stored.state.rawValue): it cannot be submitted now.",
                data: ["id": .string(row.id)])
        }
        guard owns(row) else { throw lostWork(row) }
        let sending = try await begin(row)
        step?(.intentWritten)
        guard !Task.isCancelled else {
            let error = DecartError(.cancelled, "Cancelled before the job was sent. No job was submitted.")
            await refused(sending, error)
            throw error
        }
        return .send(sending)
    }

    /// Whether a row that is `sending` is this process's, and nothing of it has left: whoever was to send it was told
    /// that the journal could not be written.
    private func isUnsent(_ stored: JobRow) -> Bool {
        owns(stored) && state.withLock { $0.sends[SendMark(stored)] == .doubtful }
    }

    /// Writes down that a claimed job is being sent. Each job is begun once by each owner, whoever asks and however
    /// often: what the journal says of it may be older than an answer that was lost.
    private func begin(_ row: JobRow) async throws(DecartError) -> SubmitInFlight {
        let mark = SendMark(row)
        let isFirst = state.withLock { state in
            defer { state.sends[mark] = .begun }
            return state.sends[mark] != .begun
        }
        guard isFirst else {
            throw DecartError(
                .invalidOptions, "The job \(row.id) is being submitted already.", data: ["id": .string(row.id)])
        }
        let subject = JobChange.Subject.submission(row.submission)
        var change = JobChange(subject, .send, at: now)
        change.fence = row.fence
        change.isDurable = true
        let send = change
        let sent: JobRow?
        do throws(DecartError) {
            sent = try await asking { store throws(JournalError) in
                try await store.record(send)
                // Whether or not it was this call that has changed it: a commit whose answer is lost is made again, and
                // finds what the first one did.
                return try await store.job(subject)
            }
        } catch {
            state.withLock { $0.sends[mark] = .doubtful }
            throw error
        }
        guard let sent, sent.state == .sending, sent.fence == row.fence, owns(sent) else {
            state.withLock { $0.sends[mark] = .doubtful }
            throw lostWork(row)
        }
        return SubmitInFlight(row: sent, price: sent.price.flatMap(Price.init(json:)), isClaimed: true)
    }

    private func lostWork(_ row: JobRow) -> DecartError {
        DecartError(
            .cancelled, "Another worker has the job \(row.id) by now: this one could not be heard of for too long.",
            data: ["id": .string(row.id)])
    }

    /// - Throws: `INVALID_INPUT` where it is not what was added.
    private static func compare(_ content: JobContent, with row: JobRow) throws(DecartError) {
        func differs(_ what: String) -> DecartError {
            DecartError(
                .invalidInput, "The job \(row.id) was not sent: \(what). Add another job in its place.",
                data: ["id": .string(row.id)])
        }
        guard content.server == row.server, content.account == row.account else {
            throw differs("it is for another server or API key than this client has")
        }
        let given = Dictionary(content.files.map { ($0.field, $0.sha256) }) { _, last in last }
        for file in row.files where given[file.field] != file.sha256 {
            throw differs(
                "the file \(Excerpt.quoted(file.path ?? file.name, limit: 200)) is not what it was when it was added")
        }
        guard content.model == row.model, content.inputs == row.inputs, content.files.count == row.files.count else {
            throw differs("its inputs are not those that were added")
        }
    }

    // MARK: Living with others

    /// Says that this process lives, and what it has to do; see `FleetStore.renew`.
    public func renew(_ report: WorkReport) async throws(DecartError) -> Renewal {
        let renewal = try await asking { store throws(JournalError) in try await store.renew(report) }
        await payDebts()
        return renewal
    }

    /// Whether a job that this process has taken is its own still.
    public func owns(_ row: JobRow) -> Bool {
        guard let store, !store.isLeaseOver else { return false }
        return row.session == store.ownSession
    }

    /// The service answered 429.
    public func slowDown(_ query: WorkQuery) async {
        try? await store?.slowDown(server: query.server, account: query.account)
    }

    /// How many jobs there are in each state.
    public func counts() async throws(DecartError) -> [JobState: Int] {
        try await asking { store throws(JournalError) in try await store.counts() }
    }

    /// The workers that live.
    public func fleet() async throws(DecartError) -> [FleetMember] {
        try await asking { store throws(JournalError) in try await store.fleet() }
    }
}
