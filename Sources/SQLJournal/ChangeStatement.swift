import JobJournal

/// The one statement that writes a change of a job down, if it follows from the row's state and owner.
struct ChangeStatement {
    private(set) var sql = ""
    private(set) var arguments: [SQLValue] = []

    /// The statements to try, one after the other, until one changes something. Most jobs are accepted when they are
    /// expected to be: what costs more is left to a second one, which is put together only where it is needed.
    static func all(_ change: JobChange, owner: String) -> some Sequence<ChangeStatement> {
        let sources = change.event?.sources ?? []
        let usual = sources.filter { $0 != .abandoned }
        let steps = usual.count == sources.count ? [usual] : [usual, [.abandoned]]
        return steps.lazy.map { ChangeStatement(change, from: $0, owner: owner) }
    }

    /// - Parameters:
    ///   - sources: the states in which the event means something.
    ///   - owner: this process's session.
    private init(_ change: JobChange, from sources: [JobState], owner: String) {
        let time = mark(.integer(change.at))
        // First, since parameters are numbered as they come.
        var columns = ["updated_at = case when updated_at < \(time) then \(time) else updated_at end"]
        if let event = change.event { columns += Self.columns(of: event, time) }
        func keep(_ column: String, _ value: SQLValue) {
            if value != .null { columns.append("\(column) = \(mark(value))") }
        }
        keep("job_id", SQLValue(change.jobID))
        keep("error", SQLValue(change.error))
        keep("result", SQLValue(change.result))
        keep("result_bytes", SQLValue(change.resultBytes))
        keep("result_sha256", SQLValue(change.resultSHA256))
        if let charge = change.charge {
            columns.append("charge = \(mark(.integer(charge.micros)))")
        } else if let charge = change.event.flatMap({ Self.charge($0, from: sources) }) {
            columns.append("charge = \(charge)")
        }
        var conditions: [String] = []
        switch change.subject {
        case .submission(let submission): conditions.append("submission = \(mark(.text(submission)))")
        case .job(let server, let id):
            conditions.append(
                """
                submission = (select submission from {job} where server = \(mark(.text(server)))
                    and job_id = \(mark(.text(id))) order by created_at desc limit 1)
                """)
        }
        if change.event != nil { conditions.append("state in (\(JobState.list(sources)))") }
        if let fence = change.fence {
            conditions.append("session = \(mark(.text(owner))) and fence = \(mark(SQLValue(fence)))")
        }
        sql = """
            update {job} set \(columns.joined(separator: ", ")) where \(conditions.joined(separator: " and "))
            returning server, submission
            """
    }

    private mutating func mark(_ value: SQLValue) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    /// What an event changes besides what was written with it.
    private static func columns(of event: JobEvent, _ time: String) -> [String] {
        var columns = ["state = '\(event.target.rawValue)'"]
        switch event {
        case .accept: columns.append("accepted_at = \(time)")
        case .refuse, .decline, .abandon, .fail, .expire, .fetch, .consume: columns.append("ended_at = \(time)")
        case .release, .recall: columns += ["session = null", "fence = fence + 1"]
        default: break
        }
        if event.target.freesKey { columns += ["key = null", "ordinal = null"] }
        return columns
    }

    /// … of its charge; nil where that stays.
    private static func charge(_ event: JobEvent, from sources: [JobState]) -> String? {
        switch event {
        case .refuse, .decline, .abandon, .release, .recall: "0"
        // A late reply to a job that a person had given up costs again.
        case .accept: sources.contains(.abandoned) ? "coalesce(estimate, charge)" : nil
        default: nil
        }
    }
}

extension JobState {
    /// States as a list in a statement.
    static func list(_ states: [JobState]) -> String { states.map { "'\($0.rawValue)'" }.joined(separator: ", ") }
}
