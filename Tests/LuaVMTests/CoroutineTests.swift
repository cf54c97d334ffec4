import Testing

@testable import LuaVM

struct CoroutineTests {
    /// A coroutine that is closed where it waits inside `xpcall`. Lua 5.4.4 would call what its message handler's place
    /// on the stack holds by then, which may not even be the stack's any more.
    @Test(arguments: [0, 10, 10_000])
    func `a coroutine that is closed inside xpcall keeps an error of its clean-up`(depth: Int) throws {
        let machine = try Machine()
        let results = try machine.run(
            """
            local function deep(n)
              if n == 0 then xpcall(coroutine.yield, function() return "handled" end) else deep(n - 1) return 1 end
            end
            local co = coroutine.create(function()
              local last <close> = setmetatable({}, { __close = function()
                collectgarbage() collectgarbage()
                local x = 134
                error(x)
              end })
              deep(\(depth))
            end)
            assert(coroutine.resume(co))
            local ok, e = coroutine.close(co)
            local wrapped = coroutine.wrap(function()
              local last <close> = setmetatable({}, { __close = function() local x = 135 error(x) end })
              xpcall(error, function() error("again") end)
              error("first")
            end)
            return ok, e, select(2, pcall(wrapped)), select(2, xpcall(error, function(m) return m .. "!" end, "works"))
            """)
        #expect(results == [.boolean(false), .integer(134), .integer(135), .text("works!")])
    }

    @Test func `a machine that is closed inside xpcall runs its clean-up`() throws {
        let machine = try Machine()
        _ = try machine.run(
            """
            kept = coroutine.wrap(function()
              local last <close> = setmetatable({}, { __close = function() error("late") end })
              xpcall(coroutine.yield, function() error("handled") end)
            end)
            kept()
            setmetatable({}, { __gc = function() kept = nil collectgarbage() end })
            """)
        machine.vm.close()
    }
}
