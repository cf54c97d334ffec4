public import LuaVM

extension LuaError {
    /// The message, after the place that an error object names: "poll.lua:7: NOT_FOUND: …".
    public var placedMessage: String {
        guard case .table(let object) = value, let place = object["where"].text else { return message }
        return "\(place): \(message)"
    }

    /// The message, and the traceback below it if that says more.
    public var fullMessage: String {
        // A file that cannot be read or compiled fails before any of the user's lines runs, so its traceback is only a
        // heading.
        let lines = traceback.flatMap { $0.contains("\n") ? "\n\($0)" : nil } ?? ""
        return placedMessage + lines
    }
}

extension ScriptReport {
    /// A summary, without the tasks of a deadlock.
    public var headline: String {
        switch self {
        case .failed(let error, _): error.placedMessage
        case .deadlock(let tasks):
            "nothing is left that could wake \(tasks.count == 1 ? "this task" : "these tasks"), so the run ends"
        case .stopped(let task): "a cancelled task took longer than 5 s to clean up and was stopped: \(task.place)"
        }
    }

    /// The whole report, in as many lines as it takes.
    public var text: String {
        switch self {
        case .failed(let error, _): error.fullMessage
        case .deadlock(let tasks): "\(headline):" + tasks.map { "\n\t\($0.place)" }.joined()
        case .stopped: headline
        }
    }
}

extension ScriptReport.StuckTask {
    /// "poll.lua:7: the main script waits in sleep".
    public var place: String {
        "\(line ?? "?"): \(isMain ? "the main script" : "a task") waits in \(function)"
    }
}
