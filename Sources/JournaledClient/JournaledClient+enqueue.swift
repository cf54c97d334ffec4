import DecartAPI
import DecartClient
public import JobJournal

extension JournaledClient {
    /// Checks jobs as a submit does, reads their files, and puts them into the journal's queue for workers: all of them,
    /// or none where one is refused. Nothing is sent.
    ///
    /// A file is written down by its path and digest: a worker reads it again. So it has to be a path, and not a URL or
    /// bytes in memory, and the model one that this program knows by name.
    ///
    /// - Throws: for single jobs `INVALID_INPUT`, `KEY_REUSED`, `OVER_BUDGET`, `SUBMIT_UNKNOWN`; `JOURNAL_UNAVAILABLE`.
    public func enqueue(_ orders: [JobOrder]) async throws(EnqueueError) -> [QueuedJob] {
        guard elsewhere == nil else {
            throw .failed(
                DecartError(
                    .permissionDenied,
                    "A script under --sandbox cannot write down jobs for others to do: nothing allows that."))
        }
        var drafts: [JobDraft] = []
        var faults: [EnqueueError.Fault] = []
        for (index, order) in orders.enumerated() {
            do throws(DecartError) {
                drafts.append(try await draft(order))
            } catch {
                if error.code == .cancelled { throw .failed(error) }
                faults.append(EnqueueError.Fault(index: index, error: error))
            }
        }
        guard faults.isEmpty else { throw .refused(faults) }
        return try await journal.enqueue(drafts)
    }

    private func draft(_ order: JobOrder) async throws(DecartError) -> JobDraft {
        try Self.checkIsLasting(order.submission)
        let (submission, seed) = try pinned(order.submission, order.terms)
        let prepared = try await client.queue.prepare(submission)
        var draft = try await draft(prepared, order.terms, hasDrawnSeed: seed != nil, canonical: nil)
        draft.priority = order.priority
        return draft
    }

    /// Whether a worker can make the same submission from what is written down.
    private static func checkIsLasting(_ submission: Submission) throws(DecartError) {
        let model = submission.model
        guard (try? ModelCatalog.find(jobsOf: model.name)) == model else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(model.name)) cannot be enqueued: whoever does the job looks a model up by "
                    + "its name among those that the program knows. Submit it instead.")
        }
        let problems = model.normalised(submission.inputs).sorted { $0.key < $1.key }.compactMap { field, value in
            switch value {
            case .file(.path(let path)) where String(validating: path.bytes, as: UTF8.self) == nil:
                InputProblem(
                    field: field, rule: "must have a path in UTF-8 to be enqueued", given: Excerpt.quoted(path.bytes))
            case .file(.url), .file(.blob):
                InputProblem(
                    field: field, rule: "must be a path: whoever does the job reads the file then",
                    given: value.description)
            default: nil
            }
        }
        guard problems.isEmpty else { throw .invalidInput(problems, model: model.name) }
    }
}
