public import JobJournal
internal import Synchronization

extension SQLStore {
    @discardableResult
    public func record(_ change: JobChange) async throws(JournalError) -> RecordedChange {
        try await write(durably: change.isDurable) { [self] db throws(SQLError) in try apply(change, db) }
    }

    public func keepAside(_ change: JobChange) async -> String? { parts.keepAside(change) }

    /// In one statement, which finds the row as it is by then: what others change meanwhile is not overwritten.
    func apply(_ change: JobChange, _ db: any SQLConnection) throws(SQLError) -> RecordedChange {
        var changed: [[SQLValue]] = []
        for statement in ChangeStatement.all(change, owner: own) {
            changed = try db.run(db.dialect.spelled(statement.sql), statement.arguments)
            if !changed.isEmpty { break }
        }
        guard let row = changed.first else { return RecordedChange(isApplied: false) }
        guard change.event == .accept, let id = change.jobID else { return RecordedChange(isApplied: true) }
        let others = try db.run(
            db.dialect.spelled("select 1 from {job} where server = $1 and job_id = $2 and submission <> $3 limit 1"),
            [row[0], .text(id), row[1]])
        return RecordedChange(isApplied: true, repeatsID: !others.isEmpty)
    }

    static func find(_ subject: JobChange.Subject, _ db: any SQLConnection) throws(SQLError) -> JobRow? {
        let rows: [[SQLValue]]
        switch subject {
        case .submission(let submission):
            rows = try db.run(
                db.dialect.spelled("select \(JobColumns.list) from {job} where submission = $1"), [.text(submission)])
        case .job(let server, let id):
            rows = try db.run(
                db.dialect.spelled(
                    """
                    select \(JobColumns.list) from {job} where server = $1 and job_id = $2
                    order by created_at desc limit 1
                    """), [.text(server), .text(id)])
        }
        return rows.compactMap(JobColumns.row).first
    }

    public func forget(submissions: [String], at time: Int64) async throws(JournalError) -> Int {
        try await write(durably: false) { db throws(SQLError) in
            var count = 0
            for submission in submissions
            where try Self.forget(submission, from: JobEvent.forget.sources, at: time, db) {
                count += 1
            }
            return count
        }
    }

    private static func forget(
        _ submission: String, from states: [JobState], at time: Int64, _ db: any SQLConnection
    ) throws(SQLError) -> Bool {
        try !db.run(
            db.dialect.spelled(
                """
                update {job} set state = $1, key = null, ordinal = null, inputs = $2, files = $3, result = null,
                    result_bytes = null, result_sha256 = null, error = null,
                    updated_at = case when updated_at < $4 then $4 else updated_at end
                where submission = $5 and state in (\(JobState.list(states))) returning id
                """),
            [
                .text(JobState.forgotten.rawValue), .text("{}"), .text("[]"), .integer(time), .text(submission),
            ]
        ).isEmpty
    }

    public func prune(before time: Int64, today: String) async throws(JournalError) -> Int {
        try await write(durably: false) { db throws(SQLError) in
            let old = try db.run(
                db.dialect.spelled("select submission from {job} where created_at < $1"), [.integer(time)])
            // One that waits is not over, however old it is.
            let ended = JobEvent.forget.sources.filter { $0 != .wanted }
            var count = 0
            for row in old {
                guard let submission = row[0].text else { continue }
                if try Self.forget(submission, from: ended, at: time, db) { count += 1 }
            }
            // A charge counts as long as its day lasts, its run lives, or a stored cap adds it up.
            try db.run(
                db.dialect.spelled(
                    """
                    delete from {job} where state = $1 and period < $2 and session is null
                        and (run is null or (run not in (select run from {session} where run is not null)
                            and 'run:' || run not in (select scope from {budget})))
                        and (label is null or 'label:' || label not in (select scope from {budget}))
                    """),
                [.text(JobState.forgotten.rawValue), .text(today)])
            return count
        }
    }

    public func finish(endedWell: Bool, sparing spared: [String] = [], at time: Int64) async throws(JournalError) {
        // What was to be its first write may have failed behind the lock.
        guard lease.withLock({ $0.isRegistered }) else { return parts.locks.release(own) }
        let session = own
        try await write(durably: false) { db throws(SQLError) in
            if endedWell {
                // A worker's job has not served its purpose before it is saved, however well its script has ended.
                let marks = spared.indices.map { "$\($0 + 5)" }.joined(separator: ", ")
                try db.run(
                    db.dialect.spelled(
                        """
                        update {job} set state = $1, ended_at = $2, updated_at = $2
                        where session = $3 and state = $4 and due_at is null
                        """
                            + (spared.isEmpty ? "" : " and job_id not in (\(marks))")),
                    [
                        .text(JobState.consumed.rawValue), .integer(time), .text(session),
                        .text(JobState.completed.rawValue),
                    ] + spared.map { .text($0) })
            }
            try Self.free(session, db)
        }
        lease.withLock { $0.ended() }
        parts.locks.release(session)
    }
}
