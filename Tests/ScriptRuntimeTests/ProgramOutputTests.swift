import LuaVM
import RunClock
import TestSupport
import Testing

@testable import ScriptRuntime

@Suite(.timeLimit(.minutes(5)))
struct ProgramOutputTests {
    @Test
    func `a program that writes too much is not said not to have run`() async throws {
        let runtime = try ScriptRuntime(loop: ScriptLoop.next(), clock: VirtualClock(mode: .automatic)) { report in
            Issue.record("\(report)")
        }
        let message = try await run(on: runtime)
        #expect(message == "test.lua:1: 'sh' was ended: it wrote more than 1000 bytes")
    }

    private func run(on runtime: isolated ScriptRuntime) async throws -> String? {
        var message: String?
        let record = ModuleFunction("record") { call throws(LuaError) in
            message = call.value(1).text
            return .returns
        }
        runtime.execOutputLimit = 1000
        try runtime.loadPrelude()
        try runtime.loadModule(
            Array("local core, host = ... decart, record = core.decart, host.record".utf8), name: "harness",
            functions: [record])
        let script = "record(select(2, pcall(decart.exec, { 'sh', '-c', 'head -c 5000 /dev/zero' })))"
        _ = await runtime.run(try runtime.compile(Array(script.utf8), name: "@test.lua"))
        runtime.close()
        return message
    }
}
