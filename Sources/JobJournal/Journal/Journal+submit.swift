public import DecartAPI
internal import RunClock
internal import Synchronization

extension Journal {
    private static let waitInterval: Duration = .milliseconds(100)

    /// Writes a submit down, or finds the job that it is already.
    ///
    /// - Throws: `KEY_REUSED`, `OVER_BUDGET`, `SUBMIT_UNKNOWN`, `JOURNAL_UNAVAILABLE`, `TIMEOUT`, `CANCELLED`. Nothing
    ///   was sent then.
    public func admit(_ draft: JobDraft) async throws(DecartError) -> SubmitTicket {
        try check(draft.terms)
        if let id = draft.terms.row { return try await resumeWork(on: id, draft) }
        var caps = settings.caps
        if let limit = draft.terms.maxCost { caps.append(Cap(.submit, limit)) }
        let reuses = draft.terms.reusesRun || settings.run.isResumed
        let isNeeded = draft.terms.key != nil || reuses || !caps.isEmpty
        guard let store else {
            guard !isNeeded, settings.kind == .off else { throw unavailable(JournalError(.other, "is switched off")) }
            return .unrecorded
        }
        if let broken = state.withLock({ $0.broken }) {
            guard !isNeeded else { throw unavailable(broken) }
            return .unrecorded
        }
        let (price, estimate) = estimate(draft)
        step?(.checked)
        let salt: String
        do throws(JournalError) {
            salt = try await store.salt()
        } catch {
            return try without(error, isNeeded: isNeeded)
        }
        var content = draft.content
        content.account = Account.hash(of: draft.key, salt: salt)
        var row = row(content, draft, price, estimate)
        row.ordinal = state.withLock { state in
            state.hasSubmitted = true
            state.account = row.account
            return state.ordinals.take(row.content)
        }
        let intent = JobIntent(
            row: row, reusesRun: reuses, paysTwice: draft.terms.paysTwice, caps: caps, estimate: estimate)
        let admission: Admission
        do throws(JournalError) {
            admission = try await decided(intent, store, patience: draft.terms.patience)
        } catch {
            giveBackOrdinal(of: row)
            // It may have been written all the same, and is never sent under this name.
            let owed = JobChange(.submission(row.submission), .refuse, at: now)
            if error.kind == .unreachable { state.withLock { $0.owed.append(owed) } }
            return try without(error, isNeeded: isNeeded)
        }
        switch admission {
        case .send:
            let sending = SubmitInFlight(row: row, price: price)
            stayAlive()
            step?(.intentWritten)
            guard !store.isLeaseOver else {
                let error = unavailable(JournalError(.unreachable, "has not heard of this process for too long"))
                await refused(sending, error)
                throw error
            }
            guard !Task.isCancelled else {
                await refused(sending, DecartError(.cancelled, "cancelled before it was sent"))
                throw DecartError(.cancelled, "Cancelled before the job was sent. No job was submitted.")
            }
            return .send(sending)
        case .known(let known):
            if let id = known.jobID {
                tracker.add(
                    JobTracker.Key(server: known.server, id: id),
                    JobTracker.Entry(
                        submission: known.submission, state: known.state, price: known.price.flatMap(Price.init(json:)),
                        replayed: known))
            }
            return .known(known)
        case .unknown:
            // It has its place in the run: a next try comes after it, as it did when it was lost.
            throw error(of: admission, estimate)
        default:
            giveBackOrdinal(of: row)
            throw error(of: admission, estimate)
        }
    }

    /// Asks again while another submit of the same key is on its way.
    private func decided(
        _ intent: JobIntent, _ store: any JournalStore, patience: Duration
    ) async throws(JournalError) -> Admission {
        let deadline = clock.now + patience
        while true {
            let admission = try await store.admit(intent)
            guard case .wait = admission, clock.now < deadline, !Task.isCancelled else { return admission }
            // A cancelled wait is told by what it waited for.
            try? await clock.sleep(for: Self.waitInterval)
        }
    }

    private func without(_ error: JournalError, isNeeded: Bool) throws(DecartError) -> SubmitTicket {
        guard case .standard = settings.kind, !isNeeded, error.kind != .runInUse else { throw unavailable(error) }
        goOnWithout(error)
        return .unrecorded
    }

    private func giveBackOrdinal(of row: JobRow) {
        guard let ordinal = row.ordinal else { return }
        state.withLock { $0.ordinals.giveBack(ordinal, of: row.content) }
    }

    func row(_ content: JobContent, _ draft: JobDraft, _ price: Price?, _ estimate: CostEstimate) -> JobRow {
        let now = now
        var row = JobRow(
            id: RowID.short(settings.random), submission: RowID.uuid(settings.random), content: content.digest,
            server: content.server, account: content.account, model: content.model, inputs: content.inputs,
            files: content.files, state: .sending, period: UTC.day(now), charge: estimate.amount ?? .zero,
            createdAt: now)
        row.run = settings.run.name
        row.label = draft.terms.label
        row.key = draft.terms.key
        row.canonical = draft.canonical
        row.estimate = estimate.amount
        row.price = price?.json
        return row
    }

    func check(_ terms: SubmitTerms) throws(DecartError) {
        func invalid(_ message: String) -> DecartError { DecartError(.invalidOptions, message) }
        for (name, text) in [("key", terms.key), ("label", terms.label)] {
            guard let text else { continue }
            guard !text.isEmpty, text.utf8.count <= 512, !text.utf8.contains(0) else {
                throw invalid("\(name) must be a string of 1 to 512 bytes without a NUL.")
            }
        }
        if let seconds = terms.maxSeconds, !(seconds > 0 && seconds < 1e6) {
            throw invalid("maxSeconds must be a number above 0 (got \(seconds)).")
        }
        guard !(terms.reusesRun || settings.run.isResumed) || settings.run.isNamed else {
            throw invalid("reuse = \"run\" needs a run with a name: start the script with --run NAME.")
        }
    }

    // MARK: What came of it

    /// Writes the id of a job down, before anybody sees it. Should that fail, the id goes elsewhere, and is said.
    public func accepted(_ sending: SubmitInFlight, _ id: JobID) async {
        guard let store else { return }
        step?(.replied)
        let row = sending.row
        tracker.add(
            JobTracker.Key(server: row.server, id: id.text),
            JobTracker.Entry(
                submission: row.submission, state: .accepted, price: sending.price,
                // What comes of a job that was taken from the queue is for its owner to say, who may be another soon.
                fence: sending.isClaimed ? row.fence : nil))
        var change = JobChange(.submission(row.submission), .accept, at: now)
        change.jobID = id.text
        change.isDurable = true
        do throws(JournalError) {
            let recorded = try await store.record(change)
            if recorded.repeatsID { warnOfRepeated(id) }
            // Where a commit's answer was lost, it was made again, and has found what the first one did.
            if !recorded.isApplied, try await store.job(change.subject)?.jobID != id.text {
                await keepAside(change, id, because: "has no submit to put it to")
            }
            await payDebts()
        } catch {
            await keepAside(change, id, because: error.reason)
            state.withLock { $0.owed.append(change) }
        }
        step?(.acceptedWritten)
    }

    private func keepAside(_ change: JobChange, _ id: JobID, because reason: String) async {
        let place = await store?.keepAside(change)
        warn(
            "the journal\(place.map { " (kept in \($0))" } ?? "") could not take the id of a job that is paid for: "
                + "\(id); it \(reason)")
    }

    /// The answer was no, or nothing has left.
    public func refused(_ sending: SubmitInFlight, _ error: DecartError) async {
        giveBackOrdinal(of: sending.row)
        // Somebody took it to do it, and it was not its fault.
        await ended(sending, sending.isClaimed && error.mayPass ? .recall : .refuse, error)
    }

    /// Nobody knows what became of it: it still counts.
    public func lost(_ sending: SubmitInFlight, _ error: DecartError) async {
        await ended(sending, .lose, error)
    }

    private func ended(_ sending: SubmitInFlight, _ event: JobEvent, _ error: DecartError) async {
        step?(.replied)
        var change = JobChange(.submission(sending.row.submission), event, at: now)
        if event == .recall { change.fence = sending.row.fence }
        change.error = "\(error)"
        change.isDurable = true
        do throws(JournalError) {
            _ = try await store?.record(change)
        } catch {
            // A row that stays `sending` is unknown once this process is gone: right for a lost reply, and on the safe
            // side for a refusal. But nobody should have to look at the service for a job that cannot be there.
            let owed = change
            state.withLock { $0.owed.append(owed) }
        }
        step?(.acceptedWritten)
    }

    /// Writes again what the journal could not take: ids of accepted jobs, and how submits have ended.
    func payDebts() async {
        let owed = state.withLock { state in
            defer { state.owed = [] }
            return state.owed
        }
        for change in owed {
            do throws(JournalError) {
                _ = try await store?.record(change)
            } catch {
                state.withLock { $0.owed.append(change) }
            }
        }
    }

    private func warnOfRepeated(_ id: JobID) {
        let isFirst = state.withLock { state in
            defer { state.hasWarnedOfRepeatedIDs = true }
            return !state.hasWarnedOfRepeatedIDs
        }
        if isFirst {
            warn(
                "the server gave out the job id \(id) that an earlier job of the journal has; its newest job is meant "
                    + "by it from now on")
        }
    }
}

extension DecartError {
    /// Whether a submit of which nothing arrived failed for a reason that lies elsewhere than in the job: the network,
    /// the key, the account's limits, or whoever stopped it.
    fileprivate var mayPass: Bool {
        switch code {
        case .networkError, .cancelled, .timeout: true
        default: status.map { [401, 402, 403, 429].contains($0) } ?? false
        }
    }
}
