import TestSupport
import Testing

/// `decart-lua test`, run as a user runs it.
@Suite(.timeLimit(.minutes(5)))
struct TestCommandTests {
    @Test(arguments: ["scripts/examples/policies", "Tests/CommandTests/Lua"])
    func `tests written in Lua pass`(folder: String) async throws {
        var command = try Command()
        command.environment["DECART_API_KEY"] = .some(nil)
        // Some have a hundred thousand tables to go through, on a machine that may be busy.
        let outcome = try await command.run("test", "--timeout", "100000", Repository.root + "/" + folder)
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        #expect(outcome.output.contains(" passed, in "))
    }

    /// A test's body, and what the report says of it.
    @Test(arguments: [
        ("while true do end", "stopped after 3 s of real time, at x_test.lua:3"),
        (
            "while true do pcall(function()\n while true do end end) end",
            "stopped after 3 s of real time, at x_test.lua:4"
        ),
        ("while true do decart.sleep(1000) end", "stopped after 3 s of real time, at x_test.lua:3"),
        ("while true do pcall(decart.sleep, 1000) end", "stopped after 3 s of real time, at x_test.lua:3"),
        ("decart.exec({ 'sleep', '60' })", "stopped after 3 s of real time"),
        ("decart.channel(1):receive()", "at x_test.lua:3: waits in receive"),
        ("decart.spawn(function() error('lost') end) decart.sleep(1)", "x_test.lua:3: lost"),
        ("return nil + 1", "x_test.lua:3: attempt to perform arithmetic"),
        ("it('inner', function() end)", "it cannot be called within a test"),
        ("os.exit(0)", "os.exit(0) was called by the test itself"),
    ])
    func `a test that goes wrong says where`(body: String, message: String) async throws {
        let command = try Command()
        try command.scratch.write(
            "x_test.lua",
            "local decart = require('decart')\nit('goes wrong', function()\n\(body)\nend)\n"
                + "it('goes on', function() end)\n"
        )
        let outcome = try await command.run("test", "--timeout", "3000")
        #expect(outcome.exitCode == 1, "\(outcome.everything)")
        #expect(outcome.output.contains(message), "\(outcome.output)")
        #expect(outcome.output.contains("✓ goes on"))
    }

    @Test func `a finalizer that does not end fails its test, and the others run`() async throws {
        let command = try Command()
        try command.scratch.write(
            "x_test.lua",
            """
            it('leaves one', function() setmetatable({}, { __gc = function() while true do end end }) end)
            it('goes on', function() end)
            """)
        let outcome = try await command.run("test")
        #expect(outcome.exitCode == 1, "\(outcome.everything)")
        #expect(outcome.output.contains("a finalizer (__gc) that ran after the test did not come to an end"))
        #expect(outcome.output.contains("✓ goes on"))
    }

    @Test func `a file that does not compile fails, and the others run`() async throws {
        let command = try Command()
        try command.scratch.write("a_test.lua", "it('x' function() end)")
        try command.scratch.write("b_test.lua", "it('works', function() end)")
        let outcome = try await command.run("test", "--tap")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("TAP version 13\n1..2\nnot ok 1 - a_test.lua: (loading the file)\n"))
        #expect(outcome.output.contains("a_test.lua:1: ')' expected near 'function'"))
        #expect(outcome.output.contains("ok 2 - b_test.lua: works\n"))
    }

    /// The rest runs, in the same file and in those after it; nothing is left out of the counts.
    @Test(arguments: ["--tap", "--junit", ""])
    func `a call that cannot be stopped fails its test, and the others run`(format: String) async throws {
        let command = try Command()
        let stuck = "string.find(('a'):rep(60), ('a*'):rep(30) .. 'b')"
        try command.scratch.write(
            "a_test.lua", "it('first', function() end)\nit('stuck', function()\n\(stuck)\nend)\nit('third', print)")
        try command.scratch.write("b_test.lua", stuck)
        try command.scratch.write("c_test.lua", "it('last', function() end)")
        let outcome = try await command.run(["test", "--timeout", "3000"] + (format.isEmpty ? [] : [format]))
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.contains("stopped after 3 s of real time, at a_test.lua:3"))
        #expect(outcome.output.contains("stopped after 3 s of real time, at b_test.lua:1"))
        let lines = outcome.output.split(separator: "\n")
        switch format {
        case "--tap":
            #expect(outcome.output.hasPrefix("TAP version 13\n1..5\n"))
            #expect(lines.count { $0.hasPrefix("ok ") } == 3)
            #expect(lines.count { $0.hasPrefix("not ok ") } == 2)
        case "--junit":
            #expect(outcome.output.contains("<testsuites tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"0\""))
            #expect(outcome.output.hasSuffix("</testsuites>\n"))
        default:
            #expect(lines.last?.hasPrefix("3 passed, 2 failed, in ") == true)
        }
    }

    @Test func `what a test that is given up has started is ended`() async throws {
        let command = try Command()
        // By which its programs are known among all that run on this machine.
        let nap = String(UInt32.random(in: 100_000_000...999_999_999))
        // One that is just being ended may still be there for a moment.
        let untilGone = "while grep -qsa '[s]leep.\(nap)' /proc/[0-9]*/cmdline; do :; done"
        try command.scratch.write(
            "a_test.lua",
            """
            local decart = require("decart")
            local function leave_one()
              io.popen("trap '' TERM; echo; sleep \(nap); true"):read()
            end
            it("waits for time, which does not pass while a program runs", function()
              leave_one()
              decart.spawn(decart.exec, { "sh", "-c", "trap '' TERM; sleep \(nap) & wait; sleep \(nap)" })
              decart.sleep(1)
            end)
            it("is stuck", function()
              leave_one()
              string.find(("a"):rep(60), ("a*"):rep(30) .. "b")
            end)
            it("sees none of it", function() os.execute([[\(untilGone)]]) end)
            it("is stuck in a program", function() os.execute("sleep \(nap); true") end)
            """)
        let outcome = try await command.run("test", "--timeout", "5000")
        #expect(outcome.output.contains("✓ sees none of it"), "\(outcome.output)")
        #expect(outcome.output.contains("1 passed, 3 failed"))
        _ = try await ChildProgram("sh").run(["-c", untilGone])
    }

    @Test(arguments: [
        (["nothing_here"], "there is no file or folder 'nothing_here'"),
        ([], "there is no test below the present folder"),
        (["--tap", "--junit"], "give one of them"), (["--filter", "["], "no Lua pattern"),
        (["--timeout", "0"], "above 0"), (["--bogus"], "--bogus"),
    ])
    func `a command line with nothing to run is refused`(words: [String], complaint: String) async throws {
        let outcome = try await Command().run(["test"] + words)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func `a filter picks tests by name`() async throws {
        let command = try Command()
        try command.scratch.write("x_test.lua", "it('one', function() end) it('two', function() error('no') end)")
        #expect(try await command.run("test", "--filter", "^one").exitCode == 0)
        #expect(try await command.run("test", "--filter", "three").exitCode == 2)
    }
}
