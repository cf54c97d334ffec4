import JobJournal

/// A query of jobs as SQL.
struct JobSelection {
    /// Whether it selects more than was asked for: what is stored as being sent may be unknown by now.
    let isWider: Bool
    private(set) var arguments: [SQLValue] = []
    private var conditions: [String] = []
    private let limit: Int?

    init(_ query: JobQuery) {
        isWider = query.states?.contains { $0 == .unknown || $0 == .sending } ?? false
        limit = query.limit
        if let since = query.since { conditions.append("created_at >= \(mark(.integer(since)))") }
        let equals = [
            ("label", query.label), ("run", query.run), ("server", query.server), ("account", query.account),
        ]
        for case (let column, let value?) in equals { conditions.append("\(column) = \(mark(.text(value)))") }
        if let name = query.name {
            let count = name.unicodeScalars.count
            let text = mark(.text(name))
            let begins = ["id", "job_id"].map { "substr(\($0), 1, \(count)) = \(text)" }
            conditions.append("(\(begins.joined(separator: " or ")) or key = \(text))")
        }
        if !query.includesForgotten, query.states?.contains(.forgotten) != true {
            conditions.append("state <> 'forgotten'")
        }
        if let states = query.states {
            conditions.append("state in (\(JobState.list(states + (isWider ? [.unknown, .sending] : []))))")
        }
    }

    private mutating func mark(_ value: SQLValue) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    /// Newest first.
    func sql(_ columns: String) -> String {
        var sql = "select \(columns) from {job}"
        if !conditions.isEmpty { sql += " where " + conditions.joined(separator: " and ") }
        sql += " order by created_at desc, id desc"
        if let limit, !isWider { sql += " limit \(limit)" }
        return sql
    }
}
