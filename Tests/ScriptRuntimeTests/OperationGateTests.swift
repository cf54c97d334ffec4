import LuaVM
import RunClock
import Synchronization
import TestSupport
import Testing

@testable import ScriptRuntime

struct OperationGateTests {
    @Test
    func `those beyond the limit begin in the order they came`() {
        let gate = OperationGate(limit: 2)
        #expect([1, 2, 3, 4, 5].map(gate.enter) == [true, true, false, false, false])
        #expect(gate.leave(1) == [3])
        #expect(gate.leave(3) == [4])
    }

    @Test
    func `one that is given up in line is passed over`() {
        let gate = OperationGate(limit: 1)
        #expect([1, 2, 3].map(gate.enter) == [true, false, false])
        #expect(gate.leave(2) == [])
        #expect(gate.leave(1) == [3])
    }

    @Test
    func `one that begins out of turn does not begin again, and counts`() {
        let gate = OperationGate(limit: 1)
        #expect([1, 2, 3].map(gate.enter) == [true, false, false])
        gate.push(2)
        #expect(gate.leave(1) == [])
        #expect(gate.leave(2) == [3])
    }

    @Test
    func `a script's calls go through it, and one cancelled in line gets the work's own answer`() async throws {
        let runtime = try ScriptRuntime(
            loop: ScriptLoop.next(), clock: VirtualClock(mode: .automatic)
        ) { Issue.record("\($0)") }
        let records = try await run(
            """
            local tasks = {}
            for i = 1, 6 do tasks[i] = decart.spawn(function() record(work(i)) end) end
            decart.sleep(1)
            tasks[4]:cancel()
            decart.allSettled(tasks)
            record("most " .. most())
            """, on: runtime)
        #expect(records == ["4 cancelled", "1 done", "2 done", "3 done", "5 done", "6 done", "most 3"])
    }

    /// `work` takes 10 ms, two at a time; `most` tells how many were at it together.
    private func run(_ source: String, on runtime: isolated ScriptRuntime) async throws -> [String] {
        var records: [String] = []
        let gate = OperationGate(limit: 2)
        let clock = runtime.clock
        let crowd = Crowd()
        try runtime.loadPrelude()
        try runtime.loadModule(
            Array(
                "local core, host = ... record, work, most, decart = host.record, host.work, host.most, core.decart"
                    .utf8),
            name: "harness",
            functions: [
                ModuleFunction("record") { call throws(LuaError) in
                    records.append(call.value(1).text ?? "")
                    return .returns
                },
                ModuleFunction("most") { call throws(LuaError) in
                    call.push(.integer(Int64(crowd.most)))
                    return .returns
                },
                ModuleFunction("work", mayWait: true) { call throws(LuaError) in
                    let number = try call.integer(1)
                    return .waits(
                        ModuleFunction.Operation(through: gate) {
                            crowd.enter()
                            let how = (try? await clock.sleep(for: .milliseconds(10))) == nil ? "cancelled" : "done"
                            crowd.leave()
                            return how
                        } conclude: {
                            .values([.text("\(number) \($0)")])
                        })
                },
            ])
        let status = await runtime.run(try runtime.compile(Array(source.utf8), name: "@gate.lua"))
        runtime.close()
        #expect(status == .success)
        return records
    }
}

/// How many are in a place, and at most were.
private final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() {
        state.withLock { $0.now -= 1 }
    }
}
