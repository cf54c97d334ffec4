import DecartAPI
import DecartModule
import LuaVM
import RunClock
import ScriptReference
import TestSupport
import Testing

@testable import ScriptRuntime

/// What is loaded when a script first needs it.
struct PartTests {
    @Test func `every part has rows for the functions that it names, and no others`() async throws {
        let runtime = try ScriptRuntime(loop: ScriptLoop.next(), clock: VirtualClock(mode: .automatic)) { _ in }
        try await compare(in: runtime)
    }

    private func compare(in runtime: isolated ScriptRuntime) throws {
        try runtime.loadPrelude()
        let module = DecartModule(
            settings: .init(environment: { [:] }),
            transport: { () throws(DecartError) in throw DecartError(.networkError, "There is no network here.") },
            clock: runtime.clock, jobs: JobLedger(), note: { _ in })
        try module.install(in: runtime)
        #expect(runtime.parts.count > 10)
        for (part, rows) in runtime.parts {
            #expect(rows.made == nil)
            for place in part.functions {
                let described = rows.groups.filter { $0.description.path == place.path }.flatMap(\.functions)
                #expect(place.names == described.map(\.description.name), "\(part.name) \(place.path)")
            }
        }
        runtime.close()
    }

    @Test func `parts work whatever a script has made of the standard functions before`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local record, require, tostring, pcall, find = record, require, tostring, pcall, string.find
            local resume, create = coroutine.resume, coroutine.create
            for _, name in ipairs { "type", "pairs", "ipairs", "error", "setmetatable", "select", "rawequal" } do
              _G[name] = nil
            end
            table.pack, table.unpack, table.sort, math.type, math.min = nil, nil, nil, nil, nil
            debug.setupvalue, debug.getinfo = nil, nil
            record(decart.map({ 1, 2 }, function(x) return 2 * x end)[2])
            record(decart.race({ function() return "first" end }))
            local channel = decart.channel(1)
            channel:send("sent")
            record(channel:receive())
            record(decart.policy.exponential()({ attempt = 1 }))
            record(decart.blob("bytes", "a/b", "c").size)
            document.title = "a title"
            record(document.title)
            document.getElementById("bar").value = 3
            record(document.getElementById("bar").value)
            record(decart.models.list({ kind = "image" })[1].kind)
            local _, controller = resume(create(function() return decart.abortController() end))
            record(controller.signal.aborted)
            local _, message = pcall(require, "nowhere.to.be.found")
            record(find(tostring(message), "module 'nowhere.to.be.found' not found", 1, true))
            """)
        #expect(outcome.errors == [])
        #expect(
            outcome.records == [
                "integer(4)", "first", "sent", "number(1500.0)", "integer(5)", "a title", "integer(3)", "image",
                "boolean(false)", "integer(1)",
            ])
    }
}
