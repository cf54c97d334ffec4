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
        "\(DecartLua.name): \(message(of: error))"
    }

    /// That without the program's name.
    static func message(of error: LuaError) -> String {
        var message = error.message
        if case .table(let object) = error.value {
            if let place = object["where"].text { message = "\(place): \(message)" }
        }
        // A file that cannot be read or compiled fails before any line of the user's runs: there is only the headline.
        let traceback = error.traceback.flatMap { $0.contains("\n") ? "\n\($0)" : nil } ?? ""
        return message + traceback
    }

    private static func place(_ task: ScriptReport.StuckTask) -> String {
        "\(task.line ?? "?"): \(task.isMain ? "the main script" : "a task") waits in \(task.function)"
    }
}
