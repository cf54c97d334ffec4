import LuaVM
import ScriptRuntime
import TerminalUI

/// What the person at the terminal is told of errors.
enum ErrorReport {
    static func text(of report: ScriptReport) -> String {
        switch report {
        case .failed(let error, _):
            return text(of: error)
        case .deadlock(let tasks):
            let lines = tasks.map { "\n\t\(place($0))" }.joined()
            return "\(DecartLua.name): \(deadlock(tasks)):\(lines)"
        case .stopped(let task):
            return "\(DecartLua.name): \(stopped(task))"
        }
    }

    /// As `lua` shows an error, with the position of an error object before it.
    static func text(of error: LuaError) -> String {
        "\(DecartLua.name): \(message(of: error))"
    }

    /// That without the program's name.
    static func message(of error: LuaError) -> String {
        // A file that cannot be read or compiled fails before any line of the user's runs: there is only the headline.
        let traceback = error.traceback.flatMap { $0.contains("\n") ? "\n\($0)" : nil } ?? ""
        return headline(of: error) + traceback
    }

    static func json(of report: ScriptReport) -> String {
        var line = JSONLine(type: "error")
        switch report {
        case .failed(let error, let task):
            line.add("message", headline(of: error))
            if case .table(let object) = error.value {
                for key in ["code", "where"] {
                    if let text = object[key].text { line.add(key, text) }
                }
                if case .table(let data) = object["data"], let id = data["job_id"].text { line.add("job_id", id) }
            }
            if let task { line.add("task", task) }
            if let traceback = error.traceback { line.add("traceback", traceback) }
        case .deadlock(let tasks):
            line.add("message", deadlock(tasks))
            line.add("tasks", tasks.map(place))
        case .stopped(let task):
            line.add("message", stopped(task))
        }
        return line.text
    }

    private static func headline(of error: LuaError) -> String {
        guard case .table(let object) = error.value, let place = object["where"].text else { return error.message }
        return "\(place): \(error.message)"
    }

    private static func deadlock(_ tasks: [ScriptReport.StuckTask]) -> String {
        "nothing is left that could wake \(tasks.count == 1 ? "this task" : "these tasks"), so the run ends"
    }

    private static func stopped(_ task: ScriptReport.StuckTask) -> String {
        "a cancelled task took longer than 5 s to clean up and was stopped: \(place(task))"
    }

    private static func place(_ task: ScriptReport.StuckTask) -> String {
        "\(task.line ?? "?"): \(task.isMain ? "the main script" : "a task") waits in \(task.function)"
    }
}

extension Console {
    func show(_ report: ScriptReport) {
        line(isJSON ? ErrorReport.json(of: report) : ErrorReport.text(of: report))
    }

    func show(_ error: LuaError) { show(.failed(error, task: nil)) }
}
