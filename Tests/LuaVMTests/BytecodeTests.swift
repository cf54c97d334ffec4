import Testing

@testable import LuaVM

/// Compiled chunks are refused everywhere unless the machine was made to take them.
struct BytecodeTests {
    private static let load = "return load(string.dump(function() return 7 end))"
    private static let file = """
        local path = os.tmpname()
        local f = assert(io.open(path, "wb")) f:write(string.dump(function() return 7 end)) f:close()
        """

    @Test(arguments: ["", ", 'x', 'b'", ", 'x', 'bt'", ", 'x', 't'", ", nil, nil, {}"])
    func `load takes no bytecode, whatever its mode`(_ rest: String) throws {
        let machine = try Machine()
        let result = try machine.run("return load(string.dump(function() return 7 end)\(rest))")
        #expect(result.first == .nil)
        #expect(result.last?.text?.contains("attempt to load a binary chunk") == true)
    }

    @Test
    func `load with a reader takes no bytecode`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local parts = { string.dump(function() return 7 end) }
            return load(function() return table.remove(parts) end)
            """)
        #expect(result.first == .nil)
    }

    @Test
    func `loadfile and dofile take no bytecode`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            \(Self.file)
            local loaded, message = loadfile(path)
            local mode, message2 = loadfile(path, "b")
            local ok, problem = pcall(dofile, path)
            os.remove(path)
            return loaded == nil and mode == nil and not ok, message, problem, message2
            """)
        #expect(result.first == .boolean(true))
        for message in result.dropFirst() { #expect(message.text?.contains("attempt to load a binary chunk") == true) }
    }

    @Test
    func `no function that a script comes by loads bytecode`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local seen = {}
            for _, f in ipairs { load, loadfile, dofile } do
              for n = 1, 5 do
                local _, value = debug.getupvalue(f, n)
                if type(value) == "function" then seen[value] = true end
              end
            end
            debug.sethook(function() seen[debug.getinfo(2, "f").func] = true end, "c")
            load("return 1") load(function() end) loadfile("no such file") pcall(dofile, "no such file")
            debug.sethook()
            local code, count = string.dump(function() return "it ran" end), 0
            for f in pairs(seen) do
              count = count + 1
              local ok, loaded = pcall(f, code, "x", "b")
              if ok and type(loaded) == "function" then error("one does") end
            end
            return count >= 3
            """)
        #expect(result == [.boolean(true)])
    }

    @Test
    func `readers may give numbers, and complaints are as ever`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local parts = { 7, " ", "return" }
            local number = load(function() return table.remove(parts) end)()
            return number, (select(2, load(function() return {} end))), (select(2, pcall(load, {}))),
              (select(2, load("return 1", "x", "q")))
            """)
        #expect(
            result == [
                .integer(7), .text("test:3: reader function must return a string"),
                .text("bad argument #1 to 'load' (function expected, got table)"),
                .text("attempt to load a text chunk (mode is 'q')"),
            ])
    }

    @Test
    func `source is loaded as ever`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local env = { y = 3 }
            return load("return 1")(), load("return y", "n", "bt", env)(), load("return y", "n", "t", env)(),
              select("#", load("return ...")(1, nil, nil)), load("x ="), (select(2, load("x =", "=name")))
            """)
        #expect(result.prefix(5) == [.integer(1), .integer(3), .integer(3), .integer(3), .nil])
        #expect(result.last == .text("name:1: unexpected symbol near <eof>"))
    }

    @Test
    func `with bytecode allowed all of them take it`() throws {
        let machine = try Machine(bytecode: true)
        let result = try machine.run(
            """
            \(Self.file)
            local a, b, c = load(string.dump(function() return 7 end))(), loadfile(path)(), dofile(path)
            os.remove(path)
            return a, b, c
            """)
        #expect(result == [.integer(7), .integer(7), .integer(7)])
    }
}
