import LuaVM
import Testing

/// Whatever a script does with the debug library, the process goes on.
struct DebugLibraryTests {
    private var host: [HostFunction] {
        [
            HostFunction("add") { call throws(LuaError) in
                call.push(.integer(Int64(try call.integer(1) + 1)))
                return .returns
            },
            HostFunction("wait", mayWait: true) { _ in .waits },
            HostFunction("describe") { call throws(LuaError) in
                call.push(.text("\(call.value(1))"))
                return .returns
            },
        ]
    }

    /// Each runs with `host` and answers true.
    @Test(arguments: [
        "for _, n in ipairs { 1, 2, 99, -1, 2 ^ 62, 'x' } do debug.setupvalue(host.add, 1, n) end return host.add(1) == 2",
        "return debug.setupvalue(host.wait, 1, 0) == nil",
        "local f = coroutine.wrap(function() return 7 end) debug.setupvalue(f, 1, 5) return f() == 7",
        "local f = string.gmatch('ab', '.') debug.setupvalue(f, 3, 5) return f() == 'a'",
        // Temporaries of C functions: a coroutine that another waits for, a buffer under construction.
        """
        local inner
        local outer = coroutine.create(function()
          inner = coroutine.create(function() debug.setlocal(outer or coroutine.running(), 1, 1, 5) return 3 end)
          return coroutine.resume(inner)
        end)
        return select(3, coroutine.resume(outer)) == 3
        """,
        """
        local s = ("x"):rep(3000):gsub("x", function()
          for level = 0, 9 do
            for n = 1, 9 do if debug.getinfo(level) then debug.setlocal(level, n, debug.getlocal(level, n) and n) end end
          end
          return "yy"
        end)
        return #s >= 3000
        """,
        "local n = 0 for i = 1, 20 do if pcall(debug.getlocal, 1, i) then n = n + 1 end end return n > 0",
        // What the interpreter itself keeps in registers: the table that a constructor fills, how often a loop runs.
        """
        local function evil()
          for n = 1, 30 do
            local name, value = debug.getlocal(2, n)
            if not name then break end
            if type(value) == "table" and name:find("temporary") then debug.setlocal(2, n, 42) end
          end
        end
        local t = { evil(), 2, 3 }
        return t[3] == 3
        """,
        """
        local rounds = 0
        for i = 1, 3 do
          for n = 1, 30 do if debug.getlocal(1, n) == "(for state)" then debug.setlocal(1, n, "x") end end
          rounds = rounds + 1
        end
        return rounds == 3
        """,
        // Variables and the rest of the arguments are set as ever.
        """
        local function set(...) local x = 1 return debug.setlocal(1, 1, 5), x, debug.setlocal(1, -2, 7), ... end
        local name, x, rest, _, second = set(1, 2)
        return name == "x" and x == 5 and rest == "(vararg)" and second == 7
        """,
        // What a call hook finds is called with what it does not expect.
        """
        local seen = {}
        debug.sethook(function() seen[debug.getinfo(2, "f").func] = debug.getinfo(2, "S").what end, "c")
        pcall(host.add, { a = 1 }) pcall(host.describe, { a = 1, b = { 2 } })
        pcall(coroutine.wrap(function() coroutine.yield(1) end))
        pcall(load, "return 1") pcall(host.nowait, "x", function() end) pcall(host.raise, "x")
        debug.sethook()
        local known = { [error] = true, [pcall] = true, [debug.sethook] = true }
        for f, what in pairs(seen) do
          if what == "C" and not known[f] then
            for _, arguments in ipairs { {}, { 5 }, { {}, 5 }, { "x", {} }, { type, 1 << 62 } } do
              coroutine.wrap(pcall)(f, table.unpack(arguments))
            end
          end
        end
        return true
        """,
        // The registry that scripts see holds nothing of the host's.
        """
        for key, value in pairs(debug.getregistry()) do
          assert(type(key) == "string" or key == 2, key)
        end
        local registry = debug.getregistry()
        registry.mine = 1
        for i = 1, 100 do registry[i] = nil end
        return debug.getregistry().mine == 1 and debug.getregistry()._LOADED == package.loaded
        """,
        // The inner state of C functions does not become a file.
        """
        local _, state = debug.getupvalue(string.gmatch("x", "x"), 3)
        local made = type(state) ~= "userdata" or pcall(debug.setmetatable, state, getmetatable(io.stdout))
        return not made or type(state) ~= "userdata"
        """,
        // The main thread, which a finalizer runs on, is the host's.
        """
        local main
        setmetatable({}, { __gc = function() main = coroutine.running() end })
        collectgarbage() collectgarbage()
        local ok = coroutine.resume(main)
        return not ok and not pcall(coroutine.close, main) and coroutine.status(main) ~= "suspended"
        """,
    ])
    func `a script's hands stay off what C trusts`(_ lua: String) throws {
        let machine = try Machine()
        #expect(try machine.run(lua, host) == [.boolean(true)])
        let task = try machine.task(lua, host)
        #expect(machine.vm.run(task, with: .start) == .returned, "\(machine.vm.error(of: task).message)")
        machine.vm.release(task)
    }

    @Test
    func `an object of the host's keeps its metatable`() throws {
        let machine = try Machine()
        let kind = HostFunction("kind") { call throws(LuaError) in
            try call.registerKind("thing", metatableAt: 1)
            call.push(.object(LuaObject(kind: "thing", id: 1)))
            return .returns
        }
        let result = try machine.run(
            """
            local thing = host.kind({ __name = "thing" })
            local ok, message = pcall(debug.setmetatable, thing, getmetatable(io.stdout))
            return ok, message, pcall(io.close, thing)
            """, [kind])
        #expect(
            result.prefix(2) == [.boolean(false), .text("the metatable of an object of the host's cannot be changed")])
        #expect(result[2] == .boolean(false))
    }

    /// Each chain is closed from its end: the `<close>` of one closes the one before it.
    @Test(arguments: [
        "coroutine.close(co)",
        // With other C functions in between.
        "local ok, e = pcall(string.gsub, 'x', 'x', function() assert(coroutine.close(co)) end) if not ok then error(e, 0) end",
        // By the death of a wrapped coroutine.
        "coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() coroutine.close(co) end }) error('e') end)()",
    ])
    func `coroutines that close one another in a long chain are an error`(_ close: String) throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local co
            for i = 1, 100000 do
              local before = co
              co = coroutine.create(function()
                local co <const> = before
                local x <close> = setmetatable({}, { __close = function() if co then \(close) end end })
                coroutine.yield()
              end)
              coroutine.resume(co)
            end
            local ok, message = coroutine.close(co)
            collectgarbage()
            return ok == false or ok == true, tostring(message)
            """)
        #expect(result.first == .boolean(true))
    }

    @Test
    func `a chain of twenty closes as it should`() throws {
        let machine = try Machine()
        let result = try machine.run(
            """
            local co
            local closed = 0
            for i = 1, 20 do
              local before = co
              co = coroutine.create(function()
                local x <close> = setmetatable({}, { __close = function()
                  closed = closed + 1
                  if before then assert(coroutine.close(before)) end
                end })
                coroutine.yield()
              end)
              coroutine.resume(co)
            end
            return coroutine.close(co), closed
            """)
        #expect(result == [.boolean(true), .integer(20)])
    }
}
