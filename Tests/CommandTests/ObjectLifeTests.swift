import TestSupport
import Testing

/// What a script holds stays as long as it holds it, through copies, errors and collections; and no longer than that.
struct ObjectLifeTests {
    private func run(_ script: String, input: String = "") async throws -> Command.Outcome {
        let command = try Command()
        try command.scratch.write("script.lua", "local decart = require('decart')\n" + script)
        return try await command.run(["--local", "script.lua"], input: input)
    }

    @Test func `a cancelled task can be awaited through its error when its coroutine is gone`() async throws {
        let outcome = try await run(
            """
            local function cancelled()
              local t = decart.spawn(function() decart.sleep(1e6) end)
              decart.sleep(0)
              t:cancel()
              return select(2, pcall(t.await, t))
            end
            local e = cancelled()
            decart.sleep(5)
            collectgarbage() collectgarbage() collectgarbage()
            local keep = {}
            for i = 1, 6000 do keep[i] = ("\\xff"):rep(100 + i % 300) .. i end
            print(e.task.status, select(2, pcall(e.task.await, e.task)).code)
            """)
        #expect(outcome.everything == "cancelled\tCANCELLED\n")
    }

    @Test func `debug cannot take a task's coroutine from it`() async throws {
        let outcome = try await run(
            """
            local t = decart.spawn(function() decart.sleep(20) return "done" end)
            decart.sleep(0)
            print(debug.getuservalue(t), debug.setuservalue(t, nil), debug.setuservalue(t, 1, 1))
            collectgarbage() collectgarbage()
            print(t:await())
            """)
        #expect(outcome.everything == "nil\tnil\tnil\ndone\n")
    }

    @Test func `an error that collects its own task while it is described is only an error`() async throws {
        let outcome = try await run(
            """
            local n = 0
            task = decart.spawn(function()
              error(setmetatable({}, { __tostring = function()
                n = n + 1
                task = nil
                collectgarbage() collectgarbage() collectgarbage()
                kept = {}
                for i = 1, 3000 do kept[i] = ("\\xff"):rep(150 + i % 200) end
                return "described"
              end }))
            end)
            decart.sleep(10)
            print("alive")
            """)
        #expect(outcome.output == "alive\n")
        #expect(outcome.errors.contains(": described\n"))
        #expect(outcome.exitCode == 1)
    }

    @Test func `a Blob outlives the copies of it that went through the host`() async throws {
        let outcome = try await run(
            """
            local blob = decart.blob("abc", "text/plain")
            local task = decart.spawn(function() decart.sleep(1000) end)
            decart.sleep(0)
            task:cancel({ message = "x", blob = blob })
            pcall(task.await, task)
            collectgarbage() collectgarbage()
            print(blob.size, blob:text())
            """)
        #expect(outcome.everything == "3\tabc\n")
    }

    @Test func `a task outlives the errors that name it`() async throws {
        let outcome = try await run(
            """
            local first = decart.spawn(function() decart.sleep(1e6) end)
            local second = decart.spawn(function() decart.sleep(1e6) end)
            decart.sleep(0)
            first:cancel()
            do
              local _, e = pcall(first.await, first)
              second:cancel(e)
            end
            for _ = 1, 3 do pcall(second.await, second) end
            collectgarbage() collectgarbage() collectgarbage()
            print(first.status, second.status)
            """)
        #expect(outcome.everything == "cancelled\tcancelled\n")
    }

    @Test func `the names that a script gives other meanings stay the host's`() async throws {
        let outcome = try await run(
            """
            local client = decart.createDecartClient()
            function next() return "mine" end
            pcall, pairs, type, error, getmetatable, tostring = nil, nil, nil, nil, nil, nil
            local job = client.queue.submitAndPoll({
              model = "lucy-pro-t2v", prompt = "x", policy = decart.policy.fixed(50), timeout = 60000,
              onStatusChange = function(job) print(job.status) end,
            })
            print(job.status, job.data.size > 0)
            """)
        #expect(outcome.output.hasPrefix("pending\n"))
        #expect(outcome.output.hasSuffix("completed\ttrue\n"))
        #expect(outcome.exitCode == 0)
    }

    @Test func `a line that never comes does not keep the run alive`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua", "print(pcall(require('decart').timeout, 50, require('decart').readLine))")
        let outcome = try await command.runThroughShell("mkfifo pipe && exec \"$1\" script.lua <>pipe")
        #expect(outcome.everything == "false\tTIMEOUT: it took longer than 50 ms\n")
        #expect(outcome.exitCode == 0)
    }
}
