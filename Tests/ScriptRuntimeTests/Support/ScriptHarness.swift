import LuaVM
import NIOCore
import RunClock
import ScriptRuntime
import Synchronization
import TestSupport

/// What a script came to.
struct ScriptOutcome: Sendable {
    var status: ExitStatus
    var reports: [ScriptReport]
    /// What it gave to `record`, each call's first value.
    var records: [LuaValue]

    var recordedTexts: [String] { records.map { $0.text ?? "\($0)" } }

    var failures: [LuaError] {
        reports.compactMap { if case .failed(let error, _) = $0 { error } else { nil } }
    }

    var deadlocked: [ScriptReport.StuckTask] {
        reports.flatMap { report -> [ScriptReport.StuckTask] in
            if case .deadlock(let tasks) = report { tasks } else { [] }
        }
    }

    var stopped: [ScriptReport.StuckTask] {
        reports.compactMap { if case .stopped(let task) = $0 { task } else { nil } }
    }
}

/// Runs a script on virtual time that moves by itself.
///
/// - Parameter reconsiders: whether the runtime is asked whether the run is over before it has begun.
func runScript(_ source: String, name: String = "test.lua", reconsiders: Bool = false) async throws -> ScriptOutcome {
    let reports = Mutex<[ScriptReport]>([])
    let loop = ScriptLoop.next()
    let runtime = try ScriptRuntime(loop: loop, clock: VirtualClock(mode: .automatic)) { report in
        reports.withLock { $0.append(report) }
    }
    if reconsiders {
        runtime.reconsider()
        // It looks in a turn of its own, and what it finds may take another one.
        for _ in 0..<3 { try await loop.submit {}.get() }
    }
    let (status, records) = try await run(source, name: name, on: runtime)
    return ScriptOutcome(status: status, reports: reports.withLock { $0 }, records: records)
}

private func run(
    _ source: String, name: String, on runtime: isolated ScriptRuntime
) async throws -> (ExitStatus, [LuaValue]) {
    var records: [LuaValue] = []
    try runtime.loadPrelude()
    let record = ModuleFunction("record") { call throws(LuaError) in
        records.append(call.value(1))
        return .returns
    }
    try runtime.loadModule(
        Array("local core, host = ...; record = host.record; decart = core.decart".utf8), name: "harness",
        functions: [record])
    let chunk = try runtime.compile(Array(source.utf8), name: "@\(name)")
    let status = await runtime.run(chunk)
    runtime.close()
    return (status, records)
}
