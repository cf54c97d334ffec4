import LuaVM
import ScriptRuntime
import ScriptedQueue

/// The host functions behind `describe`, `it` and `decart.test`, for one run of one file.
///
/// Used on its runtime's actor only.
final class TestModule {
    private let queue: TestQueue
    private let endRun: () -> Void
    /// The tests of the file, once they have been collected.
    private(set) var names: [(name: String, line: Int?)] = []
    /// What the test that was run came to; nil if it has not come to its end.
    private(set) var verdict: TestResult.Verdict?
    private(set) var output = ""

    /// - Parameter endRun: ends what the test has left running.
    init(queue: TestQueue, endRun: @escaping () -> Void) {
        self.queue = queue
        self.endRun = endRun
    }

    /// Answers the main function of the run: called with a number it runs that test, else it collects them.
    func install(in runtime: isolated ScriptRuntime, file: String) throws(LuaError) -> LuaReference {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let values = try runtime.loadModule(PackageResources.values_lua, name: "values", functions: [])
        try runtime.loadModule(
            PackageResources.assertions_lua, name: "assertions", functions: [], arguments: [.reference(values)])
        let console = try runtime.loadModule(
            PackageResources.testing_lua, name: "decart.test", functions: queueFunctions(),
            arguments: [.value(.text(folder))])
        return try runtime.loadModule(
            PackageResources.describe_lua, name: "describe", functions: resultFunctions(),
            arguments: [.reference(console), .value(.text(file))])
    }

    private func queueFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("plan") { [queue] call throws(LuaError) in
                do throws(TimetableProblem) {
                    queue.plan(try Timetable.answers(from: call.value(1)))
                } catch {
                    throw .message(error.message)
                }
                return .returns
            },
            ModuleFunction("requests") { [queue] call throws(LuaError) in
                call.push(.table(LuaTable(sequence: queue.requests.map { LuaValue($0) })))
                return .returns
            },
            ModuleFunction("jobs") { [queue] call throws(LuaError) in
                let jobs = queue.jobs.map { job -> LuaValue in
                    guard case .table(var table) = LuaValue(job.submitted) else { return .nil }
                    table["job_id"] = .text(job.id)
                    return .table(table)
                }
                call.push(.table(LuaTable(sequence: jobs)))
                return .returns
            },
        ]
    }

    private func resultFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("tests") { [self] call throws(LuaError) in
                if case .table(let table) = call.value(1) {
                    names = table.sequence.map { ($0["name"].text ?? "", $0["line"].double.map { Int($0) }) }
                }
                endRun()
                return .returns
            },
            ModuleFunction("outcome") { [self] call throws(LuaError) in
                let found = call.value(2)
                output = call.value(3).text ?? ""
                if let reason = found["reason"].text {
                    verdict = .pending(reason: reason)
                } else if let message = found["message"].text {
                    verdict = .failed(.init(message: message, lines: found["lines"].texts))
                } else {
                    verdict = .passed
                }
                endRun()
                return .returns
            },
        ]
    }
}

extension LuaValue {
    fileprivate subscript(_ key: String) -> LuaValue {
        if case .table(let table) = self { table[key] } else { .nil }
    }

    fileprivate var texts: [String] {
        if case .table(let table) = self { table.sequence.compactMap(\.text) } else { [] }
    }

    fileprivate init(_ request: TestQueue.Request) {
        var fields: [(String, LuaValue)] = [
            ("time", .number(request.time)), ("method", .text(request.method)), ("path", .text(request.path)),
            ("call", .text(request.call.rawValue)),
        ]
        if let id = request.jobID { fields.append(("job_id", .text(id))) }
        if let status = request.status { fields.append(("status", .integer(Int64(status)))) }
        self = .table(LuaTable(fields: fields))
    }
}
