import LuaVM
import RunClock
import ScriptRuntime
import Synchronization
import TestSupport
import Testing

/// What a cancelled task has of its grace period when the script's thread is held up, as by `os.execute`.
@Suite(.timeLimit(.minutes(5)))
struct GracePeriodTests {
    /// Runs a script that finds `record`, and `hold_up(ms)`: that much time passes while it runs.
    private func run(_ source: String) async throws -> (records: [String], stopped: [String]) {
        let stopped = Mutex<[String]>([])
        let clock = VirtualClock(mode: .automatic)
        let runtime = try ScriptRuntime(loop: ScriptLoop.next(), clock: clock) { report in
            stopped.withLock { $0.append(report.text) }
        }
        let records = try await run(source, clock, on: runtime)
        return (records, stopped.withLock { $0 })
    }

    private func run(
        _ source: String, _ clock: VirtualClock, on runtime: isolated ScriptRuntime
    ) async throws -> [String] {
        var records: [String] = []
        let functions = [
            ModuleFunction("record") { call throws(LuaError) in
                records.append(try call.string(1))
                return .returns
            },
            ModuleFunction("hold_up") { call throws(LuaError) in
                clock.advance(by: .milliseconds(try call.integer(1)))
                return .returns
            },
        ]
        try runtime.loadPrelude()
        try runtime.loadModule(
            Array("local core, host = ... decart, record, hold_up = core.decart, host.record, host.hold_up".utf8),
            name: "harness", functions: functions)
        _ = await runtime.run(try runtime.compile(Array(source.utf8), name: "@test.lua"))
        runtime.close()
        return records
    }

    @Test
    func `a task is not stopped before it has had a turn`() async throws {
        let (records, stopped) = try await run(
            """
            local cleaned = 0
            local boss = decart.spawn(function()
              for _ = 1, 600 do
                decart.spawn(function() pcall(decart.sleep, 1e6) decart.shield(decart.sleep, 4000) cleaned = cleaned + 1 end)
              end
              decart.sleep(1e6)
            end)
            decart.sleep(1)
            boss:cancel()
            hold_up(6000)
            decart.sleep(5000)
            record(tostring(cleaned))
            """)
        #expect(records == ["600"])
        #expect(stopped == [])
    }

    @Test
    func `one that has had its turn goes on once more, and is then stopped where it waits`() async throws {
        let (records, stopped) = try await run(
            """
            local task = decart.spawn(function()
              pcall(decart.sleep, 1e6)
              decart.shield(decart.sleep, 1000)
              record("went on")
              decart.shield(decart.sleep, 1000)
              record("too far")
            end)
            decart.sleep(1)
            task:cancel()
            decart.sleep(1)
            hold_up(6000)
            pcall(task.await, task)
            record(tostring(decart.now()))
            """)
        #expect(records == ["went on", "6002.0"])
        #expect(stopped.count == 1)
        #expect(stopped.first?.hasSuffix(" was stopped: test.lua:5: a task waits in sleep") == true)
    }
}
