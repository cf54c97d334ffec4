import LuaVM
import RunClock
import ScriptRuntime
import TestSupport
import Testing

/// What becomes known while a call with a `signal` is being cancelled is not lost.
@Suite(.timeLimit(.minutes(5)))
struct SignalTests {
    private static let submit = "local function work() return with_signal(controller.signal, submit) end\n"

    @Test
    func `aborting the signal raises what the call knows`() async throws {
        let records = try await run(
            Self.submit + """
                setTimeout(function() controller:abort() end, 0)
                local ok, e = pcall(work)
                record(e.data.job_id)
                """)
        #expect(records == ["job_1"])
    }

    @Test
    func `cancelling the calling task raises it too, and its awaiter hears of it`() async throws {
        let records = try await run(
            Self.submit + """
                local task = decart.spawn(function()
                  local ok, e = pcall(work)
                  record(e.code .. " " .. tostring(e.data and e.data.job_id))
                  error(e, 0)
                end)
                decart.sleep(0)
                task:cancel()
                local ok, e = pcall(task.await, task)
                record(e.code .. " " .. tostring(e.data and e.data.job_id))
                """)
        #expect(records == ["CANCELLED job_1", "CANCELLED job_1"])
    }

    /// Runs a script that finds `with_signal`, `controller`, and `submit`: a wait that ends only when it is cancelled,
    /// with an error that has a job's id.
    private func run(_ source: String) async throws -> [String] {
        let clock = VirtualClock(mode: .automatic)
        let runtime = try ScriptRuntime(
            loop: ScriptLoop.next(), clock: clock
        ) { report in
            Issue.record("\(report)")
        }
        return try await run(source, clock, on: runtime)
    }

    private func run(
        _ source: String, _ clock: VirtualClock, on runtime: isolated ScriptRuntime
    ) async throws -> [String] {
        var records: [String] = []
        let record = ModuleFunction("record") { call throws(LuaError) in
            records.append(try call.string(1))
            return .returns
        }
        let submit = ModuleFunction("submit", mayWait: true) { _ in
            .waits(
                .init(
                    {
                        // Virtual time stands still meanwhile, or the grace period would be over at once.
                        clock.beginExternalWork()
                        defer { clock.endExternalWork() }
                        // Only cancelling ends this: the stream would end too if nobody held its other end.
                        let (never, held) = AsyncStream<Void>.makeStream()
                        for await _ in never {}
                        held.finish()
                    },
                    conclude: { _ in
                        let data = LuaTable(fields: [("job_id", .text("job_1"))])
                        let error = LuaTable(
                            fields: [("code", .text("CANCELLED")), ("message", .text("late")), ("data", .table(data))],
                            metatable: "error")
                        return .error(.value(.table(error), message: "late"))
                    }))
        }
        try runtime.loadPrelude()
        try runtime.loadModule(
            Array(
                """
                local core, host = ...
                decart, with_signal, record, submit = core.decart, core.with_signal, host.record, host.submit
                controller = decart.abortController()
                """.utf8), name: "harness", functions: [record, submit])
        _ = await runtime.run(try runtime.compile(Array(source.utf8), name: "@signal.lua"))
        runtime.close()
        return records
    }
}
