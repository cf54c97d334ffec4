import LuaVM
import NIOCore
import RunClock
import TestSupport
import Testing

@testable import ScriptRuntime

/// Many timers that are due one soon after the other.
struct CrowdOfTimersTests {
    @Test
    func `those of a millisecond are served together, late by no more than that`() async throws {
        let lateness = try await lateness(of: 2_000)
        #expect(lateness.count == 2_000)
        #expect(lateness.allSatisfy { (0...1).contains($0) })
        // While they are many, seven of eight wait for another.
        #expect(lateness.filter { $0 > 0 }.count > 800)
    }

    @Test
    func `few are served when they are due`() async throws {
        let lateness = try await lateness(of: 500)
        #expect(lateness.count == 500)
        #expect(lateness.allSatisfy { $0 == 0 })
    }

    /// How late that many tasks woke, in milliseconds, that sleep until ⅛, ¼, ⅜ … ms after the start.
    private func lateness(of count: Int) async throws -> [Double] {
        let clock = VirtualClock()
        let loop = ScriptLoop.next()
        let runtime = try ScriptRuntime(loop: loop, clock: clock) { Issue.record("\($0)") }
        async let records = run(
            """
            for i = 1, \(count) do
              decart.spawn(function()
                local due = i / 8
                decart.sleep(due)
                record(decart.now() - due)
              end)
            end
            """, on: runtime)
        while clock.pendingWakes == 0 { try await loop.submit {}.get() }
        for _ in 0..<(count + 20) {
            clock.advance(by: .microseconds(125))
            // What the wake has led to takes a few turns of the loop.
            for _ in 0..<5 { try await loop.submit {}.get() }
        }
        return try await records
    }

    private func run(_ source: String, on runtime: isolated ScriptRuntime) async throws -> [Double] {
        var records: [Double] = []
        try runtime.loadPrelude()
        let record = ModuleFunction("record") { call throws(LuaError) in
            records.append(try call.number(1))
            return .returns
        }
        try runtime.loadModule(
            Array("local core, host = ... record, decart = host.record, core.decart".utf8), name: "harness",
            functions: [record])
        let status = await runtime.run(try runtime.compile(Array(source.utf8), name: "@crowd.lua"))
        runtime.close()
        #expect(status == .success)
        return records
    }
}
