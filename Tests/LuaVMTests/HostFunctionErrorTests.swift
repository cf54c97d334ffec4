import Glibc
import Testing

@testable import LuaVM

/// Every way in which a host function can end in an error leaves nothing of Swift's behind.
struct HostFunctionErrorTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var name: String
        var lua: String
        var body: @Sendable (borrowing HostCall) throws(LuaError) -> HostFunction.Completion

        var testDescription: String { name }
    }

    static let ways: [Way] = [
        Way(name: "a message", lua: "host.f()") { _ throws(LuaError) in throw .message("boom") },
        Way(name: "an error object", lua: "host.f()") { _ throws(LuaError) in
            throw .value(.table(LuaTable(fields: [("code", .text("BOOM"))])), message: "boom")
        },
        Way(name: "nil as the error", lua: "host.f()") { _ throws(LuaError) in throw .value(.nil, message: "nil") },
        Way(name: "an argument of the wrong type", lua: "host.f({})") { call throws(LuaError) in
            _ = try call.string(1)
            return .returns
        },
        Way(name: "no argument", lua: "host.f()") { call throws(LuaError) in
            _ = try call.number(1)
            return .returns
        },
        Way(name: "a number that is no integer", lua: "host.f(1.5)") { call throws(LuaError) in
            _ = try call.integer(1)
            return .returns
        },
        Way(name: "an object of another kind", lua: "host.f(io.stdout)") { call throws(LuaError) in
            _ = try call.object(1, kind: "task")
            return .returns
        },
        Way(name: "an error after results were pushed", lua: "host.f()") { call throws(LuaError) in
            call.push(.integer(1))
            call.push(.text("two"))
            throw .message("boom")
        },
        Way(name: "an error out of Lua called by the host", lua: "host.f(function() error({}) end)") {
            call throws(LuaError) in
            let function = call.reference(1)
            defer { call.vm.release(function) }
            _ = try call.vm.call(function)
            return .returns
        },
        Way(
            name: "an error in __tostring of what the host describes",
            lua: """
                host.f(setmetatable({}, { __tostring = function() error("no text") end }))
                """
        ) { call throws(LuaError) in
            throw .message(call.stack.description(at: 1))
        },
    ]

    @Test(arguments: ways)
    func `the host's objects and defers outlive no error`(_ way: Way) throws {
        let machine = try Machine()
        let cage = Cage()
        let function = HostFunction("f") { call throws(LuaError) in
            let canary = Cage.Canary(in: cage)
            defer { cage.leave() }
            let answer = try way.body(call)
            withExtendedLifetime(canary) {}
            return answer
        }
        let height = machine.vm.stackHeight
        for _ in 0..<50 { #expect(machine.error(of: way.lua, [function]) != nil) }
        // Caught by the script, at the top and in a coroutine.
        try machine.run("for _ = 1, 50 do assert(not pcall(function() \(way.lua) end)) end", [function])
        try machine.run(
            "for _ = 1, 50 do assert(not coroutine.resume(coroutine.create(function() \(way.lua) end))) end",
            [function])
        #expect(cage.born == 150)
        #expect(cage.isClean)
        #expect(machine.vm.stackHeight == height)
    }

    @Test
    func `a wait that is refused does not enter the host function`() throws {
        let machine = try Machine()
        let cage = Cage()
        let function = HostFunction("f", mayWait: true) { _ throws(LuaError) in
            _ = Cage.Canary(in: cage)
            return .waits
        }
        let height = machine.vm.stackHeight
        let error = machine.error(of: "host.f()", [function])
        #expect(error?.message.contains("attempt to wait inside code that runs outside of any task") == true)
        #expect(cage.born == 0)
        #expect(machine.vm.stackHeight == height)
    }

    @Test
    func `an error after a wait is raised at the user's line with nothing left behind`() throws {
        let machine = try Machine()
        let cage = Cage()
        let function = HostFunction("f", mayWait: true) { _ throws(LuaError) in
            let canary = Cage.Canary(in: cage)
            defer { cage.leave() }
            withExtendedLifetime(canary) {}
            return .waits
        }
        let height = machine.vm.stackHeight
        for resumption in [LuaResumption.error(.message("late")), .lateError { .message("late") }] {
            let task = try machine.task("\n host.f()", [function])
            #expect(machine.vm.run(task, with: .start) == .waits)
            #expect(cage.isClean)
            #expect(machine.vm.run(task, with: resumption) == .failed)
            #expect(machine.vm.error(of: task).message == "test:2: late")
            #expect(machine.vm.error(of: task).traceback?.contains("test:2") == true)
            machine.vm.release(task)
        }
        #expect(machine.vm.stackHeight == height)
    }

    /// Calls the function it is given, with something at stake meanwhile.
    private static func caller(in cage: Cage) -> HostFunction {
        HostFunction("f") { call throws(LuaError) in
            let canary = Cage.Canary(in: cage)
            defer { cage.leave() }
            let callback = call.reference(1)
            defer { call.vm.release(callback) }
            _ = try call.vm.call(callback)
            withExtendedLifetime(canary) {}
            return .returns
        }
    }

    @Test
    func `a host function that hits the memory limit in the script's code is left cleanly`() throws {
        let machine = try Machine()
        let cage = Cage()
        let function = Self.caller(in: cage)
        machine.vm.limitMemory(to: machine.vm.memoryUsed + 200_000)
        let error = machine.error(of: "host.f(function() return ('x'):rep(1000000) end)", [function])
        #expect(error?.message == "not enough memory")
        #expect(cage.isClean)
    }

    @Test
    func `what the host pushes is not counted against the script's limit`() throws {
        let machine = try Machine()
        let cage = Cage()
        let function = HostFunction("f") { call throws(LuaError) in
            let canary = Cage.Canary(in: cage)
            defer { cage.leave() }
            call.push(.string([UInt8](repeating: 120, count: 1_000_000)))
            withExtendedLifetime(canary) {}
            return .returns
        }
        machine.vm.limitMemory(to: machine.vm.memoryUsed + 50_000)
        #expect(try machine.run("return #host.f()", [function]) == [.integer(1_000_000)])
        #expect(machine.error(of: "local s = host.f(); return s .. 'x'", [function])?.kind == .memory)
        #expect(cage.isClean)
    }

    /// Where the stack of C calls ends, and where one of the script's hooks raises.
    @Test(arguments: [
        "local function deep(n) if n == 0 then return host.count(t) end return pcall(deep, n - 1) end",
        """
        local function deep(n)
          return coroutine.wrap(function()
            local calls = 0
            debug.sethook(function() calls = calls + 1 if calls == n then error("stop", 0) end end, "c")
            return pcall(host.count, t)
          end)()
        end
        """,
    ])
    func `a table arrives whole or the call fails`(_ deep: String) throws {
        let machine = try Machine()
        var counts: Set<Int> = []
        let count = HostFunction("count") { call throws(LuaError) in
            if case .table(let table) = call.value(1) { counts.insert(table.entries.count) }
            return .returns
        }
        try machine.run(
            """
            local t = { a = 1, b = 2, c = 3, d = 4, e = 5 }
            \(deep)
            for n = 0, 220 do pcall(deep, n) end
            """, [count])
        #expect(counts == [5])
    }

    @Test
    func `what runs outside of any task can be interrupted`() throws {
        // Threads of a pool have all signals blocked.
        var signals = sigset_t()
        var before = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, LuaInterrupter.signal)
        pthread_sigmask(SIG_UNBLOCK, &signals, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let machine = try Machine()
        let interrupter = machine.vm.makeInterrupter(raising: .message("interrupted"))
        var turns: [UInt64?] = []
        let function = HostFunction("interrupt") { call throws(LuaError) in
            turns.append(interrupter.interrupt(call.value(1).isTrue ? .forGood : .once)?.turn)
            return .returns
        }
        let lua = "for _ = 1, 10000000 do end"
        #expect(machine.error(of: "host.interrupt() \(lua)", [function])?.message == "interrupted")
        #expect(machine.error(of: "pcall(host.interrupt) \(lua)", [function]) == nil)
        let error = machine.error(of: "host.interrupt(true) pcall(function() \(lua) end) \(lua)", [function])
        #expect(error?.message == "interrupted")
        #expect(turns.count == 3 && Set(turns).count == 3 && !turns.contains(nil))
        #expect(try machine.run("\(lua) return 1") == [.integer(1)])
    }

    /// Each of the first runs far more than a call that cannot wait may; the last does not.
    @Test(arguments: [
        ("for _ = 1, 50 do coroutine.wrap(function() for _ = 1, 30000000 do end end)() end", false),
        ("for _ = 1, 1000000 do coroutine.wrap(function() for _ = 1, 5000 do end end)() end", false),
        ("for _ = 1, 1000000 do pcall(coroutine.wrap(function() for _ = 1, 5000 do end end)) end", false),
        ("for _ = 1, 5000 do coroutine.wrap(function() coroutine.yield() end)() end", true),
    ])
    func `what cannot wait is bounded with the coroutines it makes`(_ lua: String, ends: Bool) throws {
        let machine = try Machine()
        let error = machine.error(of: "host.nowait('here', function() \(lua) end)")
        #expect((error == nil) == ends)
        #expect(error?.message.hasSuffix("it does not come to an end") != false)
    }

    @Test
    func `too many results are an error, not a crash`() throws {
        let machine = try Machine()
        let function = HostFunction("f") { call throws(LuaError) in
            for index in 0..<1_100_000 { call.push(.integer(Int64(index))) }
            return .returns
        }
        #expect(machine.error(of: "host.f()", [function])?.message.contains("too many results") == true)
        #expect(try machine.run("return 1") == [.integer(1)])
    }

    @Test
    func `recursion between Lua and the host ends as an error`() throws {
        let machine = try Machine()
        let cage = Cage()
        let function = Self.caller(in: cage)
        let error = machine.error(of: "local function down() host.f(down) end down()", [function])
        #expect(error?.message.contains("stack overflow") == true)
        #expect(cage.isClean)
        #expect(try machine.run("return 1") == [.integer(1)])
    }
}
