import Testing

@testable import LuaVM

/// Every way in which a host function can end in an error leaves nothing of Swift's behind.
struct HostFunctionErrorTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var name: String
        var lua: String
        var body: @Sendable (inout HostCall) throws(LuaError) -> HostAnswer

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
        Way(name: "an error in __tostring of what the host describes", lua: """
            host.f(setmetatable({}, { __tostring = function() error("no text") end }))
            """) { call throws(LuaError) in
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
            let answer = try way.body(&call)
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
        for answer in [LuaAnswer.error(.message("late")), .errorMade { .message("late") }] {
            let task = try machine.task("\n host.f()", [function])
            #expect(machine.vm.run(task, with: .start) == .waits)
            #expect(cage.isClean)
            #expect(machine.vm.run(task, with: answer) == .failed)
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
