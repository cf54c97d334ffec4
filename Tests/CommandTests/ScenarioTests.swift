import TestSupport
import Testing

/// The queue as a scenario in Lua wants it.
@Suite(.timeLimit(.minutes(5)))
struct ScenarioTests {
    private static let scenario = """
        return function(job)
          if job.inputs.prompt == "fail" then return { { "pending", 10 }, { "failed", error = "as asked" } } end
          if job.number == 2 then return { error = 429, retryAfter = 1000 } end
          return { { "pending", 10 }, "cut", { error = 503 }, "completed" }
        end
        """

    private static let script = """
        local decart = require("decart")
        local queue = decart.createDecartClient().queue
        for _, prompt in ipairs({ "works", "fail" }) do
          local result = queue.submitAndPoll({ model = "lucy-pro-t2v", prompt = prompt })
          print(prompt, result.status, result.error)
        end
        """

    @Test(arguments: [["--local"], ["--local", "--virtual-time"]])
    func `the local queue goes by it, over a socket and without one`(words: [String]) async throws {
        let command = try Command()
        try command.scratch.write("s.lua", Self.scenario)
        try command.scratch.write("x.lua", Self.script)
        let outcome = try await command.run(words + ["--scenario", "s.lua", "x.lua"])
        #expect(outcome.output == "works\tcompleted\tnil\nfail\tfailed\tas asked\n", "\(outcome.errors)")
        #expect(outcome.exitCode == 0)
    }

    @Test(arguments: [("debug", true), ("error", true), ("critical", false)])
    func `the queue's error is logged at error and below`(level: String, isLogged: Bool) async throws {
        let command = try Command()
        try command.scratch.write("s.lua", "return function() return 5 end")
        try command.scratch.write(
            "x.lua",
            """
            local client = require("decart").createDecartClient({ maxRetries = 0 })
            print(pcall(client.queue.submit, { model = "lucy-pro-t2v", prompt = "x" }))
            """)
        let outcome = try await command.run("--local", "--log-level", level, "--scenario", "s.lua", "x.lua")
        #expect(outcome.output.hasPrefix("false\t"), "\(outcome.everything)")
        #expect(
            outcome.errors.contains("the scenario's answer to submit 1 cannot be used") == isLogged,
            "\(outcome.everything)")
        #expect(outcome.errors.contains("decart-lua.http") == (level == "debug"), "\(outcome.everything)")
    }

    @Test func `a server goes by it`() async throws {
        let command = try Command()
        try command.scratch.write("s.lua", Self.scenario)
        try command.scratch.write("x.lua", Self.script)
        let outcome = try await command.runThroughShell(
            """
            "$1" serve --scenario s.lua > url & server=$!
            while [ ! -s url ]; do sleep 0.05; done
            "$1" --base-url "$(cat url)" x.lua 2>&1 | grep -v deprecated | grep -v retired
            kill $server
            wait $server
            """)
        #expect(outcome.output.hasPrefix("works\tcompleted\tnil\nfail\tfailed\tas asked\n"), "\(outcome.everything)")
    }

    @Test(arguments: [
        ("return 1", "s.lua: the file returned a number; a scenario returns a function(job)"),
        ("return {", "s.lua:1: unexpected symbol"), ("error('x')", "s.lua:1: x"),
    ])
    func `a file that is no scenario is refused at once`(source: String, complaint: String) async throws {
        let command = try Command()
        try command.scratch.write("s.lua", source)
        for words in [["--local", "--scenario", "s.lua", "-e", "print(1)"], ["serve", "--scenario", "s.lua"]] {
            let outcome = try await command.run(words)
            #expect(outcome.exitCode != 0)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
        }
    }

    @Test func `an answer that is none refuses the submit, with the scenario's line`() async throws {
        let command = try Command()
        try command.scratch.write("s.lua", "\nreturn function() while true do end end")
        try command.scratch.write(
            "x.lua",
            """
            local queue = require("decart").createDecartClient().queue
            local ok, e = pcall(queue.submit, { model = "lucy-pro-t2v", prompt = "x" })
            print(e.code, e.message)
            """)
        let outcome = try await command.run("--local", "--virtual-time", "--scenario", "s.lua", "x.lua")
        #expect(outcome.output.contains("QUEUE_SUBMIT_ERROR"))
        #expect(outcome.output.contains("s.lua:2: it does not come to an end"), "\(outcome.output)")
    }
}
