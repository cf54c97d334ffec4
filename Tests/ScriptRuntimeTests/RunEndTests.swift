import LuaVM
import ScriptRuntime
import Testing

/// How a run ends, and what is said of it.
@Suite(.timeLimit(.minutes(5)))
struct RunEndTests {
    @Test
    func `a run lasts until no task and no timer is left`() async throws {
        let outcome = try await runScript(
            """
            decart.spawn(function() decart.sleep(3600000) record("task") end)
            setTimeout(function() record("timer") end, 7200000)
            record("main")
            """)
        #expect(outcome.recordedTexts == ["main", "task", "timer"])
        #expect(outcome.status == .success)
    }

    /// A page that is open already, in a browser that finds the new run at once, is looked at before the script is.
    @Test
    func `a run that has not begun is not over, whoever asks`() async throws {
        let outcome = try await runScript("decart.sleep(1) record('ran')", reconsiders: true)
        #expect(outcome.recordedTexts == ["ran"])
    }

    @Test
    func `an uncaught error has the user's line and a traceback of the user's lines`() async throws {
        let outcome = try await runScript(
            "local function f()\n error('boom')\nend\ndecart.map({ 1 }, function() f() end)")
        let error = try #require(outcome.failures.first)
        #expect(error.message == "test.lua:2: boom")
        #expect(error.traceback?.contains("test.lua:4") == true)
        #expect(error.traceback?.contains("decart-lua") == false)
        #expect(outcome.status == .failure)
    }

    @Test
    func `an error that nobody handles is asked for its text once`() async throws {
        let outcome = try await runScript(
            """
            local asked = 0
            local object = setmetatable({}, { __tostring = function() asked = asked + 1 return "text " .. asked end })
            decart.spawn(function() error(object) end)
            decart.sleep(1)
            record(tostring(asked))
            """)
        #expect(outcome.failures.map(\.message) == ["text 1"])
        #expect(outcome.recordedTexts == ["1"])
    }

    @Test
    func `an error in the main chunk cancels the rest`() async throws {
        let outcome = try await runScript(
            """
            decart.spawn(function() local ok, e = pcall(decart.sleep, 1e9) record(e.code) end)
            setInterval(function() record("tick") end, 1000)
            decart.sleep(1)
            error("x")
            """)
        #expect(outcome.recordedTexts == ["CANCELLED"])
        #expect(outcome.failures.count == 1)
        #expect(outcome.status == .failure)
    }

    @Test
    func `a task that fails with nobody awaiting it makes the status 1`() async throws {
        let outcome = try await runScript("decart.spawn(function() error('lost') end)\ndecart.sleep(1) record('on')")
        #expect(outcome.failures.map(\.message) == ["test.lua:1: lost"])
        #expect(outcome.recordedTexts == ["on"])
        #expect(outcome.status == .failure)
    }

    @Test
    func `awaiting it later clears that`() async throws {
        let outcome = try await runScript(
            "local t = decart.spawn(error, 'x') decart.sleep(1) record(tostring(pcall(t.await, t)))")
        #expect(outcome.failures.count == 1)
        #expect(outcome.recordedTexts == ["false"])
        #expect(outcome.status == .success)
    }

    @Test
    func `11 - a failure whose only awaiter has left is told`() async throws {
        let outcome = try await runScript(
            """
            local work = decart.spawn(function() decart.sleep(100) error("lost") end)
            local waits = decart.spawn(function() work:await() end)
            decart.sleep(1)
            waits:cancel()
            """)
        #expect(outcome.failures.map(\.message) == ["test.lua:1: lost"])
        #expect(outcome.status == .failure)
    }

    @Test
    func `11 - a cancelled task is no failure`() async throws {
        let outcome = try await runScript("local t = decart.spawn(decart.sleep, 1e6) decart.sleep(1) t:cancel()")
        #expect(outcome.reports.isEmpty)
        #expect(outcome.status == .success)
    }

    @Test
    func `6 - a task that does not end within its grace is stopped and its variables are closed`() async throws {
        let outcome = try await runScript(
            """
            local t = decart.spawn(function()
              local _ <close> = setmetatable({}, { __close = function() record("closed") end })
              decart.shield(decart.sleep, 60000)
              record("never")
            end)
            decart.sleep(1)
            t:cancel()
            pcall(t.await, t)
            record(tostring(decart.now()))
            """)
        #expect(outcome.recordedTexts == ["closed", "5001.0"])
        #expect(outcome.stopped.map(\.line) == ["test.lua:3"])
        #expect(outcome.status == .success)
    }

    @Test
    func `6 - the coroutines that a stopped task waits in are closed too, innermost first`() async throws {
        let outcome = try await runScript(
            """
            local function closing(name) return setmetatable({}, { __close = function() record(name) end }) end
            local co
            local t = decart.spawn(function()
              local a <close> = closing("task")
              co = coroutine.create(function()
                local b <close> = closing("outer")
                coroutine.wrap(function()
                  local c <close> = closing("inner")
                  decart.shield(decart.sleep, 60000)
                end)()
              end)
              coroutine.resume(co)
            end)
            decart.sleep(1)
            record(coroutine.status(co))
            t:cancel()
            pcall(t.await, t)
            record(coroutine.status(co))
            """)
        #expect(outcome.recordedTexts == ["normal", "inner", "outer", "task", "dead"])
    }

    @Test
    func `6 - a task that catches its cancellation for ever is stopped too`() async throws {
        let outcome = try await runScript(
            """
            local t = decart.spawn(function() while true do pcall(decart.sleep, 1) end end)
            decart.sleep(1)
            t:cancel()
            pcall(t.await, t)
            record(tostring(decart.now()))
            """)
        #expect(outcome.recordedTexts == ["5001.0"])
        #expect(outcome.stopped.count == 1)
    }

    @Test
    func `a deadlock names each task, its line and what it waits in`() async throws {
        let outcome = try await runScript(
            """
            local c = decart.channel()
            decart.spawn(function()
              c:send(1)
            end)
            decart.semaphore(0):acquire()
            """)
        #expect(outcome.deadlocked.map(\.line) == ["test.lua:5", "test.lua:3"])
        #expect(outcome.deadlocked.map(\.function) == ["acquire", "send"])
        #expect(outcome.deadlocked.map(\.isMain) == [true, false])
        #expect(outcome.status == .failure)
    }

    @Test
    func `what waits inside pcall is named by what waits`() async throws {
        let outcome = try await runScript(
            """
            local c = decart.channel()
            local t = decart.spawn(function() c:receive() end)
            decart.spawn(function()
              pcall(t.await, t)
            end)
            xpcall(c.receive, print, c)
            """)
        #expect(outcome.deadlocked.map(\.function) == ["a function called by xpcall", "receive", "await"])
    }

    @Test
    func `an interval whose callback can never go on is a deadlock, not a hang`() async throws {
        let outcome = try await runScript("setInterval(function() decart.channel():receive() end, 10)")
        #expect(outcome.deadlocked.count == 1)
        #expect(outcome.status == .failure)
    }

    @Test
    func `an interval goes on after an error`() async throws {
        let outcome = try await runScript(
            """
            local n, id = 0, nil
            id = setInterval(function()
              n = n + 1
              if n == 3 then clearInterval(id) record("three") else error("x") end
            end, 10)
            """)
        #expect(outcome.failures.count == 2)
        #expect(outcome.recordedTexts == ["three"])
        #expect(outcome.status == .failure)
    }
}
