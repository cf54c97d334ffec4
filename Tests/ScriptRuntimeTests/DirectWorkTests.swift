import LuaVM
import NIOCore
import RunClock
import TestSupport
import Testing

@testable import ScriptRuntime

/// Work that begins without a Swift task.
struct DirectWorkTests {
    @Test
    func `it ends there, or goes on in a task, or is begun as one`() async throws {
        let records = try await run(
            """
            record(work("ends"))
            record(work("goes on"))
            record(work("does not begin"))
            """)
        #expect(records == ["ends directly", "goes on in a task", "does not begin in a task"])
    }

    @Test
    func `a task that is cancelled gets its work's own answer, before it goes on and after`() async throws {
        let records = try await run(
            """
            for _, how in ipairs({ "hangs", "hangs on" }) do
              local task = decart.spawn(function() record(work(how)) end)
              decart.sleep(1)
              task:cancel()
              decart.allSettled({ task })
            end
            """)
        #expect(records == ["hangs was cancelled", "hangs on was cancelled in a task"])
    }

    @Test
    func `what goes on although its task was cancelled meanwhile is cancelled as it does`() async throws {
        let records = try await run(
            """
            local task = decart.spawn(function() record(work("hangs late")) end)
            decart.sleep(1)
            task:cancel()
            decart.allSettled({ task })
            """)
        #expect(records == ["hangs late was cancelled in a task"])
    }

    @Test
    func `one that is cancelled in line does not begin directly`() async throws {
        let records = try await run(
            """
            local first = decart.spawn(function() work("hangs") end)
            local second = decart.spawn(function() record(work("ends")) end)
            decart.sleep(1)
            second:cancel()
            first:cancel()
            decart.allSettled({ first, second })
            """)
        #expect(records == ["ends in a task"])
    }

    @Test
    func `what is in line at its gate begins when it ends`() async throws {
        let records = try await run(
            """
            local tasks = {}
            for i, how in ipairs({ "ends", "goes on", "does not begin", "ends" }) do
              tasks[i] = decart.spawn(function() record(i .. " " .. work(how)) end)
            end
            decart.all(tasks)
            """)
        #expect(
            records == [
                "1 ends directly", "2 goes on in a task", "3 does not begin in a task", "4 ends directly",
            ])
    }

    private func run(_ source: String) async throws -> [String] {
        let loop = ScriptLoop.next()
        let runtime = try ScriptRuntime(loop: loop, clock: VirtualClock(mode: .automatic)) { Issue.record("\($0)") }
        return try await run(source, on: runtime, loop)
    }

    private func run(
        _ source: String, on runtime: isolated ScriptRuntime, _ loop: any EventLoop
    ) async throws -> [String] {
        var records: [String] = []
        let gate = OperationGate(limit: 1)
        let clock = runtime.clock
        try runtime.loadPrelude()
        try runtime.loadModule(
            Array("local core, host = ... record, work, decart = host.record, host.work, core.decart".utf8),
            name: "harness",
            functions: [
                ModuleFunction("record") { call throws(LuaError) in
                    records.append(call.value(1).text ?? "")
                    return .returns
                },
                ModuleFunction("work", mayWait: true) { call throws(LuaError) in
                    let how = try call.string(1)
                    let inTask: @Sendable () async -> String = {
                        guard how.hasPrefix("hangs") else { return "\(how) in a task" }
                        let ended = (try? await clock.sleep(for: .seconds(1_000))) != nil
                        return ended ? "\(how) to its end" : "\(how) was cancelled in a task"
                    }
                    return .waits(
                        ModuleFunction.Operation(
                            through: gate,
                            direct: { done in
                                let later = Later(loop, done)
                                switch how {
                                case "does not begin": return nil
                                case "ends": later.call(.outcome("ends directly"))
                                case "hangs": return { later.call(.outcome("hangs was cancelled")) }
                                // What ends it is on its way already, and is no answer to the cancellation.
                                case "hangs late": return { later.call(.goesOn(inTask)) }
                                default: later.call(.goesOn(inTask))
                                }
                                return { Issue.record("it is not under way directly any more") }
                            }, inTask
                        ) {
                            .values([.text($0)])
                        })
                },
            ])
        let status = await runtime.run(try runtime.compile(Array(source.utf8), name: "@direct.lua"))
        runtime.close()
        #expect(status == .success)
        return records
    }
}

/// Says on a loop how work has ended, in a turn of its own.
///
/// `@unchecked Sendable`: the closure is made and called on that loop.
private final class Later: @unchecked Sendable {
    private let loop: any EventLoop
    private let done: (DirectEnd<String>) -> Void

    init(_ loop: any EventLoop, _ done: @escaping (DirectEnd<String>) -> Void) {
        self.loop = loop
        self.done = done
    }

    func call(_ end: DirectEnd<String>) {
        loop.execute { self.done(end) }
    }
}
