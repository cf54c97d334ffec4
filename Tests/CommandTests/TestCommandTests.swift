import Testing

/// `decart-lua test`, run as a user runs it.
@Suite(.timeLimit(.minutes(2)))
struct TestCommandTests {
    @Test(arguments: ["scripts/examples/policies", "Tests/CommandTests/Lua"])
    func `tests written in Lua pass`(folder: String) async throws {
        var command = try Command()
        command.environment["DECART_API_KEY"] = .some(nil)
        let outcome = try await command.run("test", Command.root + "/" + folder)
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
        ("os.exit(0)", "os.exit(0) was called"),
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

    @Test func `a call that cannot be stopped ends the run, and is reported`() async throws {
        let command = try Command()
        try command.scratch.write(
            "x_test.lua", "it('matches', function()\n(('a'):rep(40)):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')\nend)"
        )
        let outcome = try await command.run("test", "--timeout", "300", "--junit")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.contains("stopped after 0.3 s of real time, at x_test.lua:2"))
        #expect(outcome.output.hasSuffix("</testsuites>\n"))
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
