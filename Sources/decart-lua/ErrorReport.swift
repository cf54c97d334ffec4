import LuaVM
import ScriptRuntime
import TerminalUI

/// How errors are reported to the person at the terminal.
enum ErrorReport {
    static func text(of report: ScriptReport) -> String { "\(DecartLua.name): \(report.text)" }

    /// - Parameter line: has the type and the time.
    static func json(of report: ScriptReport, in line: JSONLine) -> String {
        var line = line
        line.add("message", report.headline)
        switch report {
        case .failed(let error, let task):
            if case .table(let object) = error.value {
                for key in ["code", "where"] {
                    if let text = object[key].text { line.add(key, text) }
                }
                if case .table(let data) = object["data"], let id = data["job_id"].text { line.add("job_id", id) }
            }
            if let task { line.add("task", task) }
            if let traceback = error.traceback { line.add("traceback", traceback) }
        case .deadlock(let tasks):
            line.add("tasks", tasks.map(\.place))
        case .stopped: break
        }
        return line.text
    }
}

extension Console {
    func show(_ report: ScriptReport) {
        line(isJSON ? ErrorReport.json(of: report, in: object("error")) : ErrorReport.text(of: report))
    }

    func show(_ error: LuaError) { show(.failed(error, task: nil)) }
}
