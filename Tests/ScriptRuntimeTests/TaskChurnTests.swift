import LuaVM
import RunClock
import TestSupport
import Testing

@testable import ScriptRuntime

/// Tasks that come and go leave nothing behind.
struct TaskChurnTests {
    private static let pairs = 1_000_000

    /// The most that Lua may hold more at the end than at a tenth of the way: a table of its own may have doubled once
    /// between the two, which is 80 KB, while a leak of one small table a task would be megabytes.
    private static let growthLimit = 128 * 1024

    @Test(.timeLimit(.minutes(10)), arguments: ["t:cancel()", "decart.sleep(0) t:cancel()", "pcall(t.await, t)"])
    func `spawning and ending tasks holds no memory`(_ end: String) async throws {
        // Suspending for each task makes it slower: fewer do.
        let pairs = end == "t:cancel()" ? Self.pairs : Self.pairs / 100
        let runtime = try ScriptRuntime(
            loop: ScriptLoop.forLongRuns(), clock: VirtualClock(mode: .automatic)
        ) { report in
            Issue.record("\(report)")
        }
        try await run(
            """
            local function work() decart.sleep(1000) end
            if ("\(end)"):find("await") then work = function() return 1 end end
            for i = 1, \(pairs) do
              local t = decart.spawn(work)
              \(end)
              if i % 500 == 0 then decart.sleep(0) end
              if i == \(pairs / 10) then measure() end
            end
            decart.sleep(1)
            measure()
            """, on: runtime)
    }

    private func run(_ source: String, on runtime: isolated ScriptRuntime) async throws {
        try runtime.loadPrelude()
        var held: [Int] = []
        let measure = ModuleFunction("measure") { [vm = runtime.vm] call throws(LuaError) in
            held.append(vm.memoryUsed)
            return .returns
        }
        try runtime.loadModule(
            Array(
                """
                local core, host = ...
                decart = core.decart
                function measure() collectgarbage() collectgarbage() host.measure() end
                """.utf8), name: "harness", functions: [measure])
        let status = await runtime.run(try runtime.compile(Array(source.utf8), name: "@churn.lua"))
        #expect(status == .success)
        try #require(held.count == 2)
        #expect(held[1] - held[0] < Self.growthLimit)
        #expect(runtime.tasks.count <= 1)
        #expect(runtime.timers.isEmpty)
        runtime.close()
    }
}
