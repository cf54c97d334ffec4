import Foundation
import Testing

@testable import LuaVM

/// Memory that runs out at any point of a script is an error in Lua, and nothing is lost by it.
struct AllocationFailureTests {
    private static let script = """
        local parts = {}
        for i = 1, 5 do parts[#parts + 1] = ("%d:%s"):format(i, ("x"):rep(i * 10)) end
        local text = table.concat(parts, ",")
        local co = coroutine.wrap(function(a) local b = coroutine.yield(a .. "!") error({ b }) end)
        co("one")
        assert(not pcall(co, "two"))
        local t = setmetatable({}, { __index = function(_, k) return k .. "?" end, __gc = function() local _ = {} end })
        assert(t.key == "key?")
        local chunk = load("local a <close> = setmetatable({}, { __close = function() end }) return ...")
        assert(chunk(1) == 1)
        assert(not pcall(host.fails, text))
        assert(host.echo({ text, t = { 1, 2 } }).t[2] == 2)
        return #text
        """

    @Test(arguments: [false, true])
    func `every allocation in turn may fail, alone or with all after it`(_ thenAll: Bool) throws {
        let cage = Cage()
        let functions = [
            HostFunction("fails") { call throws(LuaError) in
                let canary = Cage.Canary(in: cage)
                defer { cage.leave() }
                withExtendedLifetime(canary) {}
                throw .message(try call.string(1))
            },
            HostFunction("echo") { call throws(LuaError) in
                let canary = Cage.Canary(in: cage)
                defer { cage.leave() }
                call.push(call.value(1))
                withExtendedLifetime(canary) {}
                return .returns
            },
        ]
        var failures = 0
        for n in 1...5_000 {
            let machine = try Machine()
            let vm = machine.vm
            let height = vm.stackHeight
            let chunk = try vm.load(Array("local host = ...; \(Self.script)".utf8), name: "=script")
            vm.failAllocation(n, thenAll: thenAll)
            do {
                #expect(try vm.call(chunk, [.functions(functions)]) == [.integer(164)])
            } catch {
                failures += 1
                // A script's own assert may be what notices; its message may be nil for want of memory.
                #expect(error.kind == .memory || error.kind == .runtime, "allocation \(n): \(error)")
            }
            let happened = vm.allocationHasFailed
            vm.failAllocation(0)
            #expect(vm.stackHeight == height)
            #expect(try machine.run("return 1 + 1") == [.integer(2)])
            if !happened {
                #expect(failures > 20)
                #expect(cage.isClean)
                return
            }
        }
        Issue.record("the script allocates without end")
    }

    @Test(arguments: [false, true])
    func `every allocation of a task in turn may fail`(_ thenAll: Bool) throws {
        let wait = HostFunction("wait", mayWait: true) { _ throws(LuaError) in .waits }
        for n in 1...5_000 {
            let machine = try Machine()
            let vm = machine.vm
            let task = try machine.task(
                """
                local gen = coroutine.wrap(function() for i = 1, 3 do host.wait() coroutine.yield({ i }) end end)
                local c <close> = setmetatable({}, { __close = function() host.wait() end })
                local ok, e = pcall(function() host.wait() error("x" .. gen()[1]) end)
                return gen(), tostring(e)
                """, [wait])
            vm.failAllocation(n, thenAll: thenAll)
            var outcome = vm.run(task, with: .start)
            var rounds = 0
            while outcome == .waits, rounds < 20 {
                outcome = vm.run(task, with: .values([]))
                rounds += 1
            }
            let happened = vm.allocationHasFailed
            vm.failAllocation(0)
            #expect(outcome != .waits)
            if outcome == .failed { #expect(!vm.error(of: task).message.isEmpty) }
            vm.release(task)
            #expect(try machine.run("collectgarbage() return 1") == [.integer(1)])
            if !happened { return #expect(outcome == .returned) }
        }
        Issue.record("the task allocates without end")
    }

    @Test
    func `ten thousand machines come and go without growth`() async {
        // In a process of its own: what other tests take meanwhile is not counted.
        await #expect(processExitsWith: .success) {
            func cycle() throws {
                let machine = try Machine()
                try machine.run("X = setmetatable({}, { __gc = function() local _ = {} end }) pcall(error, {})")
                machine.vm.close()
            }
            for _ in 0..<1_000 { try cycle() }
            let before = try Self.residentKilobytes()
            for _ in 0..<10_000 { try cycle() }
            // A machine takes over 20 KB, so all of them would take 200 MB.
            let grown = try Self.residentKilobytes() - before
            if grown > 10_000 { exit(EXIT_FAILURE) }
        }
    }

    @Test
    func `what the host keeps is freed when it lets go`() throws {
        let machine = try Machine()
        func cycle() throws {
            let task = try machine.task("host.wait({ ('x'):rep(1000) })", [])
            #expect(machine.vm.run(task, with: .start) == .failed)
            machine.vm.release(task)
        }
        for _ in 0..<100 { try cycle() }
        try machine.run("collectgarbage() collectgarbage()")
        let before = machine.vm.memoryUsed
        for _ in 0..<2_000 { try cycle() }
        try machine.run("collectgarbage() collectgarbage()")
        #expect(machine.vm.memoryUsed - before < 20_000)
    }

    private static func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
