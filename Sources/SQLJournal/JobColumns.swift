import DecartAPI
import JobJournal

/// A job's row as columns: one list, from which statements and readers are made.
enum JobColumns {
    static let names = [
        "id", "submission", "run", "label", "key", "content", "ordinal", "server", "account", "model", "canonical",
        "inputs", "files", "state", "job_id", "session", "fence", "due_at", "priority", "period", "estimate", "charge",
        "price", "created_at", "accepted_at", "ended_at", "updated_at", "result", "result_bytes", "result_sha256",
        "error",
    ]

    static let list = names.joined(separator: ", ")

    static let insertOne = insert(1)

    /// Inserts so many rows, but for those that are there already.
    static func insert(_ count: Int) -> String {
        let rows = (0..<count).map { row in
            "(\((1...names.count).map { "$\(row * names.count + $0)" }.joined(separator: ", ")))"
        }
        return "insert into {job} (\(list)) values \(rows.joined(separator: ", ")) on conflict (submission) do nothing"
    }

    static func values(of row: JobRow) -> [SQLValue] {
        [
            .text(row.id), .text(row.submission), SQLValue(row.run), SQLValue(row.label), SQLValue(row.key),
            .text(row.content), SQLValue(row.ordinal), .text(row.server), .text(row.account), .text(row.model),
            SQLValue(row.canonical), .text(row.inputs.serializedText),
            .text(JSONValue.array(row.files.map(\.json)).serializedText), .text(row.state.rawValue),
            SQLValue(row.jobID), SQLValue(row.session), SQLValue(row.fence), SQLValue(row.dueAt),
            SQLValue(row.priority), .text(row.period), SQLValue(row.estimate?.micros), SQLValue(row.charge.micros),
            SQLValue(row.price?.serializedText), SQLValue(row.createdAt), SQLValue(row.acceptedAt),
            SQLValue(row.endedAt), SQLValue(row.updatedAt), SQLValue(row.result), SQLValue(row.resultBytes),
            SQLValue(row.resultSHA256), SQLValue(row.error),
        ]
    }

    /// Nil for a row that a later version has written in a way that is not known here.
    static func row(_ values: [SQLValue]) -> JobRow? {
        guard values.count == names.count, let id = values[0].text, let submission = values[1].text,
            let content = values[5].text, let server = values[7].text, let account = values[8].text,
            let model = values[9].text, let state = values[13].text.flatMap(JobState.init(rawValue:)),
            let period = values[19].text, let charge = values[21].integer, let createdAt = values[23].integer
        else { return nil }
        var row = JobRow(
            id: id, submission: submission, content: content, server: server, account: account, model: model,
            inputs: json(values[11]) ?? [:], files: FileDigest.list(parsing: values[12].text ?? "[]"), state: state,
            period: period, charge: Money(micros: charge), createdAt: createdAt)
        row.run = values[2].text
        row.label = values[3].text
        row.key = values[4].text
        row.ordinal = values[6].integer.map { Int($0) }
        row.canonical = values[10].text
        row.jobID = values[14].text
        row.session = values[15].text
        row.fence = Int(values[16].integer ?? 0)
        row.dueAt = values[17].integer
        row.priority = Int(values[18].integer ?? 0)
        row.estimate = values[20].integer.map(Money.init(micros:))
        row.price = json(values[22])
        row.acceptedAt = values[24].integer
        row.endedAt = values[25].integer
        row.updatedAt = values[26].integer ?? createdAt
        row.result = values[27].text
        row.resultBytes = values[28].integer.map { Int($0) }
        row.resultSHA256 = values[29].text
        row.error = values[30].text
        return row
    }

    /// What a list needs, and whose job it is.
    static let listed =
        "id, state, model, charge, created_at, job_id, key, label, run, estimate, result, error, session"

    /// Nil as above.
    static func listedJob(_ values: [SQLValue]) -> ListedJob? {
        guard let id = values[0].text, let state = values[1].text.flatMap(JobState.init(rawValue:)),
            let model = values[2].text, let charge = values[3].integer, let createdAt = values[4].integer
        else { return nil }
        var job = ListedJob(
            id: id, state: state, model: model, charge: Money(micros: charge), createdAt: createdAt)
        job.jobID = values[5].text
        job.key = values[6].text
        job.label = values[7].text
        job.run = values[8].text
        job.estimate = values[9].integer.map(Money.init(micros:))
        job.result = values[10].text
        job.error = values[11].text
        return job
    }

    private static func json(_ value: SQLValue) -> JSONValue? {
        value.text.flatMap { try? JSONValue(parsing: $0) }
    }
}
