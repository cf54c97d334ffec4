public import DecartAPI

extension Journal {
    /// Writes down what a poll has brought, if that is news.
    public func saw(_ reply: JobReply, at server: String) async {
        guard let event = Self.event(of: reply) else { return }
        await note(event, reply.id, at: server, error: event == .fail ? reply.members["error"]?.text : nil)
    }

    /// Whether `saw` would write anything down.
    public func isNews(_ reply: JobReply, at server: String) -> Bool {
        guard store != nil, isInUse, let event = Self.event(of: reply) else { return false }
        return tracker.isNews(JobTracker.Key(server: server, id: reply.id.text), event)
    }

    private static func event(of reply: JobReply) -> JobEvent? {
        switch reply.status {
        case .processing: .run
        case .completed: .complete
        case .failed: .fail
        default: nil
        }
    }

    /// The server does not know the job any more.
    public func gone(_ id: JobID, at server: String) async {
        await note(.expire, id, at: server, error: nil)
    }

    /// A result that was only in memory has served its purpose.
    public func consumed(_ id: JobID, at server: String) async {
        await note(.consume, id, at: server, error: nil)
    }

    private func note(_ event: JobEvent, _ id: JobID, at server: String, error: String?) async {
        let key = JobTracker.Key(server: server, id: id.text)
        guard let store, isInUse, let subject = tracker.advance(key, by: event) else { return }
        var change = JobChange(subject, event, at: now)
        change.fence = tracker.entry(key)?.fence
        change.error = error
        // If it cannot be written, the row stays behind, and the next poll by another process catches up.
        _ = try? await store.record(change)
        step?(.changeWritten)
    }

    // MARK: Results

    /// The row of a job that was found again under a key, or in its run, as it was then.
    public func replayed(_ id: JobID, at server: String) -> JobRow? {
        tracker.entry(JobTracker.Key(server: server, id: id.text))?.replayed
    }

    /// Writes down where a result is to go, before it is fetched.
    ///
    /// - Parameter path: absolute.
    public func willFetch(_ id: JobID, at server: String, to path: String) async {
        guard let store, isInUse else { return }
        var change = JobChange(subject(id, server), nil, at: now)
        change.fence = tracker.entry(JobTracker.Key(server: server, id: id.text))?.fence
        change.result = path
        _ = try? await store.record(change)
        step?(.downloadBegins)
    }

    /// A result is on disk.
    ///
    /// - Parameter path: absolute.
    public func fetched(
        _ id: JobID, at server: String, path: String, size: Int, sha256: String, seconds: Int?
    ) async {
        guard let store, isInUse else { return }
        let key = JobTracker.Key(server: server, id: id.text)
        var change = JobChange(subject(id, server), .fetch, at: now)
        change.fence = tracker.entry(key)?.fence
        fill(&change, path, size, sha256)
        change.charge = CostEstimate.settled(price: tracker.entry(key)?.price, resultSeconds: seconds)
        _ = tracker.advance(key, by: .fetch)
        _ = try? await store.record(change)
        step?(.fetchWritten)
    }

    /// The row of a job of this journal, for what is written beside its result.
    public func row(of id: JobID, at server: String) async -> JobRow? {
        await row(subject(id, server))
    }

    public func row(submission: String) async -> JobRow? {
        await row(.submission(submission))
    }

    private func row(_ subject: JobChange.Subject) async -> JobRow? {
        guard let store, isInUse else { return nil }
        return try? await store.job(subject)
    }

    /// A call that answers with the result itself has done so.
    public func generated(_ sending: SubmitInFlight, size: Int, sha256: String?) async {
        step?(.replied)
        var change = JobChange(.submission(sending.row.submission), .fetch, at: now)
        fill(&change, nil, size, sha256)
        change.isDurable = true
        _ = try? await store?.record(change)
        step?(.acceptedWritten)
    }

    /// Such a result was saved.
    ///
    /// - Parameter path: absolute.
    public func saved(submission: String, path: String, size: Int, sha256: String) async {
        guard let store, isInUse else { return }
        var change = JobChange(.submission(submission), .fetch, at: now)
        fill(&change, path, size, sha256)
        _ = try? await store.record(change)
    }

    private func fill(_ change: inout JobChange, _ path: String?, _ size: Int, _ sha256: String?) {
        change.result = path
        change.resultBytes = size
        change.resultSHA256 = sha256
    }

    private func subject(_ id: JobID, _ server: String) -> JobChange.Subject {
        let submission = tracker.entry(JobTracker.Key(server: server, id: id.text))?.submission
        return submission.map { .submission($0) } ?? .job(server: server, id: id.text)
    }
}
