public import DecartAPI
internal import RunClock

/// A job in the queue.
public struct QueuedJob: Sendable {
    public var row: JobRow
    /// Whether it was added; else its key was known with the same inputs, and it is that job.
    public var isNew: Bool
}

/// Why nothing was put into the queue.
public enum EnqueueError: Error, Sendable {
    /// Because of some of the jobs.
    case refused([Fault])
    /// Whatever the jobs are.
    case failed(DecartError)

    public struct Fault: Sendable {
        /// Its place among the jobs that were given.
        public var index: Int
        public var error: DecartError

        public init(index: Int, error: DecartError) {
            self.index = index
            self.error = error
        }
    }

    /// The first thing that is wrong.
    public var first: DecartError {
        switch self {
        case .refused(let faults): faults.first?.error ?? DecartError(.invalidInput, "No job was given.")
        case .failed(let error): error
        }
    }
}

extension Journal {
    /// Puts jobs into the queue: all of them, or none where one is refused. Nothing is charged before a worker takes one.
    ///
    /// - Returns: their rows, in order.
    public func enqueue(_ drafts: [JobDraft]) async throws(EnqueueError) -> [QueuedJob] {
        guard let store else { throw .failed(unavailable(JournalError(.other, "is switched off"))) }
        if !isLasting {
            warn("no worker sees the jobs that this run enqueues: its journal is in memory, and ends with it")
        }
        var rows: [JobRow] = []
        var faults: [EnqueueError.Fault] = []
        let outcomes: [Enqueued]
        do throws(JournalError) {
            let salt = try await store.salt()
            for (index, draft) in drafts.enumerated() {
                do throws(DecartError) {
                    rows.append(try waiting(draft, salt, index))
                } catch {
                    faults.append(EnqueueError.Fault(index: index, error: error))
                }
            }
            outcomes = faults.isEmpty ? try await store.enqueue(rows) : []
        } catch {
            throw .failed(unavailable(error))
        }
        for (index, outcome) in outcomes.enumerated() {
            let admission: Admission
            switch outcome {
            case .added, .known: continue
            case .keyReused(let row, let conflict): admission = .keyReused(row, conflict)
            case .unknown(let row): admission = .unknown(row)
            }
            faults.append(EnqueueError.Fault(index: index, error: error(of: admission, .known(.zero))))
        }
        guard faults.isEmpty else { throw .refused(faults) }
        return zip(rows, outcomes).map { row, outcome in
            if case .known(let known) = outcome { return QueuedJob(row: known, isNew: false) }
            return QueuedJob(row: row, isNew: true)
        }
    }

    /// The row of a job that waits to be taken.
    ///
    /// - Parameter place: among the jobs that are added together, which are taken in this order: each is a millisecond
    ///   younger than the one before.
    private func waiting(_ draft: JobDraft, _ salt: String, _ place: Int) throws(DecartError) -> JobRow {
        try check(draft.terms)
        let (price, estimate) = estimate(draft)
        // Its estimate is what it is charged when it is taken, so that this holds then too.
        if let limit = draft.terms.maxCost {
            let cap = Cap(.submit, limit)
            switch estimate {
            case .known(let amount) where cap.admits(amount, spent: .zero): break
            case .known: throw error(of: .overBudget(cap, spent: .zero), estimate)
            case .unknown(let reason): throw error(of: .unpriced(cap, reason), estimate)
            }
        }
        var content = draft.content
        content.account = Account.hash(of: draft.key, salt: salt)
        var row = row(content, draft, price, estimate)
        row.state = .wanted
        row.charge = .zero
        row.priority = draft.priority
        row.createdAt += Int64(place)
        row.updatedAt = row.createdAt
        row.dueAt = row.createdAt
        return row
    }
}
