import Testing

@testable import LuaVM

/// Errors of every shape leave Lua as a `LuaError` and nothing else.
struct ErrorValueTests {
    @Test(arguments: [
        ("error('plain', 0)", "plain"), ("error('where')", "test:1: where"), ("error(42)", "42"),
        ("error()", "(error object is a nil value)"), ("error(true)", "(error object is a boolean value)"),
        ("error(setmetatable({}, { __tostring = function() return 'named' end }))", "named"),
        ("error(setmetatable({}, { __tostring = function() error('worse') end }))", "test:1: worse"),
        ("error(setmetatable({}, { __tostring = function() return {} end }))", "(error object is a table value)"),
        ("local x = nil; x.y = 1", "test:1: attempt to index a nil value (local 'x')"),
    ])
    func `the message is what lua shows`(_ lua: String, _ message: String) throws {
        let machine = try Machine()
        let height = machine.vm.stackHeight
        #expect(machine.error(of: lua)?.message == message)
        let task = try machine.task(lua)
        #expect(machine.vm.run(task, with: .start) == .failed)
        #expect(machine.vm.error(of: task).message == message)
        #expect(machine.vm.stackHeight == height)
    }

    @Test
    func `an error in a finalizer is a warning, and the host goes on`() throws {
        let machine = try Machine()
        let function = HostFunction("f") { call throws(LuaError) in
            // Garbage is collected while the host pushes: the finalizer runs with Swift below it.
            for _ in 0..<20_000 {
                call.push(.text("some text"))
                if call.resultCount > 100 { throw .message("enough") }
            }
            return .returns
        }
        try machine.run(
            """
            for i = 1, 200 do
              setmetatable({}, { __gc = function() error("in the finalizer") end })
              pcall(host.f)
            end
            collectgarbage()
            """, [function])
    }

    @Test
    func `a finalizer that calls the host after its end gets an error`() throws {
        let cage = Cage()
        do {
            let machine = try Machine()
            let function = HostFunction("f") { _ throws(LuaError) in
                _ = Cage.Canary(in: cage)
                cage.leave()
                throw .message("late")
            }
            try machine.run("X = setmetatable({}, { __gc = function() pcall(host.f) end })", [function])
        }
        #expect(cage.born == cage.died)
    }

    @Test
    func `unending recursion is an error with a traceback that is cut`() throws {
        let machine = try Machine()
        let error = machine.error(of: "local function f() return 1 + f() end f()")
        #expect(error?.message.contains("stack overflow") == true)
        #expect(error?.traceback?.contains("levels left out") == true)
    }

    @Test
    func `a traceback has the user's lines only`() throws {
        let machine = try Machine()
        let error = machine.error(
            of: """
                local function inner() error('x') end
                local function outer() inner() end
                pcall(print)
                table.sort({ 2, 1 }, function() outer() end)
                """)
        #expect(
            error?.traceback == """
                stack traceback:
                \ttest:1: in upvalue 'inner'
                \ttest:2: in upvalue 'outer'
                \ttest:4: in function <test:4>
                \ttest:4: in main chunk
                """)
    }

    @Test
    func `a syntax error names its line`() throws {
        let machine = try Machine()
        let error = machine.error(of: "\n\nlocal = 1")
        #expect(error?.kind == .syntax)
        #expect(error?.message == "test:3: <name> expected near '='")
    }
}
