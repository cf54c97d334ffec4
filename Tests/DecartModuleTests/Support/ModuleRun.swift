import DecartAPI
import DecartModule
import LiveDocument
import LuaVM
import NIOCore
import RunClock
import ScriptRuntime
import Synchronization
import TestSupport

/// A script that has the module, on virtual time that moves by itself, without a network unless it is given one.
struct ModuleRun: Sendable {
    struct Outcome: Sendable {
        var status: ExitStatus
        /// What it gave to `record`.
        var records: [String]
        var errors: [String]
        var document: LiveDocument
    }

    /// Whether a page may answer; and what somebody does there, one thing each time that nothing else is left to do.
    var takesEvents = false
    var presses: [String] = []
    /// Carries requests, on the loop that it is made for.
    var transport: (@Sendable (any EventLoop) -> any QueueTransport)?

    /// The script has `record(value)` and `press(id, kind, value)`, which does to an element what somebody in a page
    /// would.
    func run(_ source: String) async throws -> Outcome {
        let errors = Mutex<[String]>([])
        let runtime = try ScriptRuntime(loop: ScriptLoop.next(), clock: VirtualClock(mode: .automatic)) { report in
            if case .failed(let error, _) = report {
                errors.withLock { $0.append(error.message) }
            } else {
                errors.withLock { $0.append("\(report)") }
            }
        }
        var outcome = try await run(source, on: runtime)
        outcome.errors = errors.withLock { $0 }
        return outcome
    }

    private func run(_ source: String, on runtime: isolated ScriptRuntime) async throws -> Outcome {
        let module = DecartModule(
            settings: .init(environment: { [:] }),
            transport: { [transport, loop = runtime.loop] () throws(DecartError) in
                guard let transport else { throw DecartError(.networkError, "There is no network here.") }
                return transport(loop)
            },
            clock: runtime.clock, jobs: JobLedger(), takesEvents: { [takesEvents] in takesEvents }, note: { _ in })
        try runtime.loadPrelude()
        var left = presses
        runtime.keepAlive {
            guard !left.isEmpty else { return false }
            Self.press(left.removeFirst(), "click", nil, in: module)
            return true
        }
        try module.install(in: runtime)
        var records: [String] = []
        let functions = [
            ModuleFunction("record") { call throws(LuaError) in
                records.append(call.value(1).text ?? "\(call.value(1))")
                return .returns
            },
            ModuleFunction("press") { call throws(LuaError) in
                Self.press(try call.string(1), call.value(2).text ?? "click", call.value(3).text, in: module)
                return .returns
            },
        ]
        try runtime.loadModule(
            Array("local core, host = ...; decart, record, press = core.decart, host.record, host.press".utf8),
            name: "harness", functions: functions)
        let status = await runtime.run(try runtime.compile(Array(source.utf8), name: "@test.lua"))
        let document = module.document
        runtime.close()
        return Outcome(status: status, records: records, errors: [], document: document)
    }

    private static func press(_ name: String, _ kind: String, _ value: String?, in module: DecartModule) {
        guard let id = module.document.find(named: name), let kind = DocumentEvent.Kind(rawValue: kind) else { return }
        module.events?.deliver(DocumentEvent(kind, on: id, value: value))
    }
}
