import DecartAPI
import LuaVM
import PlainErrors
import ScriptRuntime
import ScriptedQueue

/// The host functions behind `describe`, `it` and `decart.test`, for one run of one file.
///
/// Used on its runtime's actor only.
final class TestModule {
    private let queue: TestQueue
    private let endRun: () -> Void
    /// Stops the running code where it is, when a script under test calls `os.exit`.
    private let interrupter: LuaInterrupter
    /// The script under test: what was there before it, and the status it has ended with.
    private var script: (before: ScriptRuntime.Moment, status: Int?)?
    /// The tests of the file, once they have been collected.
    private(set) var names: [(name: String, line: Int?)] = []
    /// The outcome of the test that was run; nil if it has not ended.
    private(set) var verdict: TestResult.Verdict?
    private(set) var output = ""

    /// - Parameter endRun: ends what the test has left running.
    init(queue: TestQueue, interrupter: LuaInterrupter, endRun: @escaping () -> Void) {
        self.queue = queue
        self.interrupter = interrupter
        self.endRun = endRun
    }

    /// Returns the main function of the run. Called with a number it runs that test, otherwise it collects them.
    func install(in runtime: isolated ScriptRuntime, file: BytePath) throws(LuaError) -> LuaReference {
        let folder = file.bytes.dropLast(file.lastComponent.bytes.count)
        let values = try runtime.loadModule(PackageResources.values_lua, name: "values", functions: [])
        let spies = try runtime.loadModule(
            PackageResources.spies_lua, name: "spies", functions: [], arguments: [.reference(values)])
        try runtime.loadModule(
            PackageResources.assertions_lua, name: "assertions", functions: [],
            arguments: [.reference(values), .reference(spies)])
        let console = try runtime.loadModule(
            PackageResources.testing_lua, name: "decart.test",
            functions: queueFunctions() + scriptFunctions(of: runtime),
            arguments: [.value(.string(Array(folder)))])
        return try runtime.loadModule(
            PackageResources.describe_lua, name: "describe", functions: resultFunctions(),
            arguments: [.reference(console), .value(.string(file.bytes))])
    }

    private func queueFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("plan") { [queue] call throws(LuaError) in
                do throws(MessageError) {
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

    private func scriptFunctions(of runtime: ScriptRuntime) -> [ModuleFunction] {
        [
            ModuleFunction("beginScript") { [self] _ throws(LuaError) in
                script = (runtime.assumeIsolated { $0.moment() }, nil)
                return .returns
            },
            // status: returns only if it is not the script that calls it, but the test itself.
            ModuleFunction("exitScript") { [self] call throws(LuaError) in
                let status = try call.integer(1)
                guard let before = script?.before,
                    runtime.assumeIsolated({ $0.isCurrentTaskNew(since: before) })
                else { return .returns }
                script?.status = status
                runtime.assumeIsolated { $0.abandonTasks(newSince: before) }
                interrupter.interrupt(.forGood)
                return .returns
            },
            // → the status that the script gave to `os.exit`, or nil
            ModuleFunction("endScript") { [self] call throws(LuaError) in
                call.push(script?.status.map { .integer(Int64($0)) } ?? .nil)
                script = nil
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
