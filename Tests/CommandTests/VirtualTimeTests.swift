import TestSupport
import Testing

/// Runs under `--virtual-time`.
@Suite(.timeLimit(.minutes(5)))
struct VirtualTimeTests {
    @Test(arguments: ExampleTests.names)
    func `an example gives the same output every time`(name: String) async throws {
        func run() async throws -> (String, String, [String]) {
            let command = try Command()
            let outcome = try await command.run(
                "--local", "--virtual-time", "--seed", "1", Repository.root + "/scripts/examples/" + name)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            return (outcome.output, outcome.errors, command.scratch.names)
        }
        #expect(try await run() == run())
    }

    private static let hour = """
        local decart = require("decart")
        local queue = decart.createDecartClient().queue
        local id = queue.submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
        local looks = 0
        setInterval(function() looks = looks + 0 end, 60000)
        while decart.now() < 3600000 do
          queue.status(id)
          looks = looks + 1
          decart.sleep(1500)
        end
        local t = {}
        for i = 1, 50 do t["k" .. math.random(1000)] = i end
        for key, value in pairs(t) do io.write(key, "=", value, " ") end
        print(looks, os.date("!%F %T"), os.clock(), math.random())
        os.exit(0)
        """

    @Test func `an hour of polling takes no hour, and a seed decides all of chance`() async throws {
        func run(_ seed: String...) async throws -> String {
            let command = try Command()
            try command.scratch.write("hour.lua", Self.hour)
            let clock = ContinuousClock()
            let began = clock.now
            let outcome = try await command.run(["--local", "--virtual-time"] + seed + ["hour.lua"])
            // Far from an hour, also on a machine that is busy with other tests.
            #expect(clock.now - began < .seconds(110))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("2400\t2026-01-01 01:00:00\t3600.0\t"), "\(outcome.output)")
            return outcome.output
        }
        let first = try await run("--seed", "7")
        #expect(try await run("--seed", "7") == first)
        #expect(try await run("--seed", "8") != first)
        #expect(try await run() == run())
    }

    @Test func `many submits at once take no time and keep their order`() async throws {
        let script = """
            local decart = require("decart")
            local queue = decart.createDecartClient().queue
            local list = {}
            for i = 1, 50 do list[i] = i end
            decart.map(list, function(i)
              local id = queue.submit({ model = "lucy-pro-t2v", prompt = "x" .. i }).job_id
              print(i, decart.now(), id)
              decart.sleep(100 * (i % 3))
              print(i, decart.now(), queue.status(id).status)
            end)
            """
        func run() async throws -> String {
            let command = try Command()
            try command.scratch.write("many.lua", script)
            return try await command.run("--local", "--virtual-time", "many.lua").output
        }
        let first = try await run()
        let lines = first.split(separator: "\n")
        #expect(lines.count == 100)
        #expect(
            lines.prefix(50).enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset + 1)\t0.0\tjob_") }, "\(first)"
        )
        #expect(try await run() == first)
    }

    @Test func `time stands still while a program runs`() async throws {
        let command = try Command()
        try command.scratch.write(
            "exec.lua",
            """
            local decart = require("decart")
            local ticks = 0
            local id = setInterval(function() ticks = ticks + 1 end, 10)
            decart.exec({ "sleep", "0.3" })
            print(decart.now(), ticks)
            local blob = decart.blob(("x"):rep(1000), "text/plain")
            blob:save("out.txt")
            print(decart.now(), ticks)
            clearInterval(id)
            """)
        let outcome = try await command.run("--local", "--virtual-time", "exec.lua")
        #expect(outcome.output == "0.0\t0\n0.0\t0\n")
    }

    @Test func `a request that finds no reply waits on the same clock`() async throws {
        let command = try Command()
        try command.scratch.write("s.lua", "return function() return { 'hang', 'hang', 'hang', 'completed' } end")
        try command.scratch.write(
            "look.lua",
            """
            local decart = require("decart")
            local queue = decart.createDecartClient({ timeout = 20000 }).queue
            local id = queue.submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
            print(pcall(queue.status, id))
            print(decart.now() >= 60000 and decart.now() < 65000)
            """)
        let outcome = try await command.run("--local", "--virtual-time", "--scenario", "s.lua", "look.lua")
        #expect(outcome.output.hasPrefix("false\tNETWORK_ERROR: "), "\(outcome.everything)")
        #expect(outcome.output.hasSuffix("true\n"))
    }

    @Test(arguments: [
        (["--virtual-time", "x.lua"], "'--virtual-time' needs '--local'"),
        (["--scenario", "s.lua", "x.lua"], "'--scenario' needs '--local'"),
        (["--seed", "-1", "x.lua"], "'--seed' must be a whole number from 0 to 18446744073709551615, not '-1'"),
        (["--seed=1.5", "x.lua"], "not '1.5'"), (["--policy"], "'--policy' needs argument"),
        (["--virtual-tim"], "did you mean --virtual-time?"),
    ])
    func `options that cannot be are refused before anything is done`(words: [String], complaint: String) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }
}
