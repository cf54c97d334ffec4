public import DecartAPI
import DecartClient
public import JobJournal
public import JournaledClient
import RunClock

extension Worker {
    /// The first poll comes so long after a submit.
    private static let firstPause: Duration = .milliseconds(500)

    /// Brings a job to its end: submits it unless that was done, waits for it, and saves its result.
    public func bring(
        _ row: JobRow, onProgress: @escaping @Sendable (Recovery.Progress) -> Void = { _ in }
    ) async throws(DecartError) {
        var row = row
        if row.state == .claimed {
            let reply = try await submit(row)
            onProgress(.status(reply.status))
            row.jobID = reply.id.text
            row.state = .accepted
            do {
                try await clock.sleep(for: min(Self.firstPause, pause))
            } catch {
                throw DecartError(.cancelled, "Cancelled while waiting for job \(reply.id). The job goes on.")
            }
        }
        try await finish(row, named: nil, onProgress: onProgress)
    }

    /// Waits for a submitted job, and saves its result.
    private func finish(
        _ row: JobRow, named name: String?, onProgress: @escaping @Sendable (Recovery.Progress) -> Void = { _ in }
    ) async throws(DecartError) {
        do throws(DecartError) {
            _ = try await recovery(for: row, named: name).bring(row, onProgress: onProgress)
        } catch {
            // Polls tell by themselves; this was the result.
            if error.status == 429 { await slowDown() }
            throw error
        }
    }

    private func submit(_ row: JobRow) async throws(DecartError) -> JobReply {
        var terms = SubmitTerms()
        terms.row = row.id
        do throws(DecartError) {
            let submission = Submission(model: try ModelCatalog.find(jobsOf: row.model), inputs: row.inputValues)
            return try await client.submit(submission, terms).reply
        } catch {
            if error.status == 429 { await slowDown() }
            await decline(row, error)
            throw error
        }
    }

    /// What comes to light before anything was sent is the job's fault, and for good.
    private func decline(_ row: JobRow, _ error: DecartError) async {
        switch error.code {
        case .invalidInput, .invalidOptions, .modelNotFound: await journal.declineWork(on: row, "\(error)")
        default: break
        }
    }

    private func recovery(for row: JobRow, named name: String?) -> Recovery {
        var recovery = Recovery(client, folder: settings.results)
        recovery.name = { _ in name ?? row.resultName }
        recovery.interval = { [self] in pause }
        recovery.keepsToFolder = true
        recovery.mayGoOn = { [self] _ in owns(row) }
        recovery.onThrottled = { [self] in await slowDown() }
        return recovery
    }

    /// What is left to do for a job when the script's function for it has returned: one that was submitted is brought to
    /// its end, whether or not the function failed, for it is paid for.
    ///
    /// - Parameters:
    ///   - error: what the function raised.
    ///   - name: what it wants the result's file to be called, without an ending.
    public func complete(_ row: JobRow, error: DecartError?, named name: String?) async throws(DecartError) {
        guard let now = try await journal.workState(of: row), now.fence == row.fence else { return }
        switch now.state {
        case .claimed:
            switch error?.code {
            case .cancelled, .networkError, .journalUnavailable: break
            default:
                let words = error.map { "\($0)" } ?? "The script's function returned without submitting it."
                await journal.declineWork(on: now, words)
            }
        case .accepted, .running, .completed:
            if error?.code == .cancelled { break }
            try await finish(now, named: name)
        default: break
        }
    }
}
