import LuaVM
import ScriptRuntime

/// What the person at the terminal is told of errors.
enum ErrorReport {
    static func show(_ report: ScriptReport) {
        Console.error(text(of: report))
    }

    static func text(of report: ScriptReport) -> String {
        switch report {
        case .failed(let error, _):
            return text(of: error)
        case .deadlock(let tasks):
            let lines = tasks.map { "\n\t\(place($0))" }.joined()
            return "\(DecartLua.name): nothing is left that could wake "
                + "\(tasks.count == 1 ? "this task" : "these tasks"), so the run ends:\(lines)"
        case .stopped(let task):
            return "\(DecartLua.name): a cancelled task took longer than 5 s to clean up and was stopped: \(place(task))"
        }
    }

    /// As `lua` shows an error, with the position of an error object before it.
    static func text(of error: LuaError) -> String {
        var message = error.message
        if case .table(let object) = error.value {
            if let place = object["where"].text { message = "\(place): \(message)" }
        }
        let traceback = error.traceback.map { "\n\($0)" } ?? ""
        return "\(DecartLua.name): \(message)\(traceback)"
    }

    private static func place(_ task: ScriptReport.StuckTask) -> String {
        "\(task.line ?? "?"): \(task.isMain ? "the main script" : "a task") waits in \(task.function)"
    }
}
