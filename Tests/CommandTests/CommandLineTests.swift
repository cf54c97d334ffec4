import TestSupport
import Testing

/// The words a user gives the command, and what the script sees of them.
@Suite(.timeLimit(.minutes(5)))
struct CommandLineTests {
    @Test(arguments: [("warning", true), ("error", false)])
    func `warnings and notices are kept back above their level`(level: String, isShown: Bool) async throws {
        let script = """
            local client = decart.createDecartClient()
            client.queue.submit({ model = "lucy-pro-v2v", data = decart.blob("x", "video/mp4"), prompt = "x" })
            error("an error is told all the same")
            """
        let outcome = try await RunningQueue.with { url in
            try await Command().run("--base-url", url, "--log-level", level, "-e", script)
        }
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("deprecated") == isShown, "\(outcome.errors)")
        #expect(outcome.errors.contains("an error is told all the same"))
    }

    @Test func `code after -e finds decart there already`() async throws {
        let outcome = try await Command().run("-e", "print(type(decart.sleep))")
        #expect(outcome.output == "function\n")
        #expect(outcome.exitCode == 0)
    }

    @Test func `code after -e is taken byte for byte`() async throws {
        let outcome = try await Command().runThroughShell(#""$1" -e "print(#'$(printf '\377\376a')')""#)
        #expect(outcome.output == "3\n")
    }

    @Test func `a script sees its arguments in arg and in the dots`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "#!/usr/bin/env decart-lua\nprint(arg[0], #arg, arg[2], ...)")
        let outcome = try await command.run("--local", "script.lua", "--local", "b")
        #expect(outcome.output == "script.lua\t2\tb\t--local\tb\n")
    }

    @Test func `a shebang line keeps its place in the line numbers`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "#!/usr/bin/env decart-lua\n\nerror('third')")
        let outcome = try await command.run("script.lua")
        #expect(outcome.errors.contains("script.lua:3: third"))
    }

    @Test func `a dash is standard input, with arguments after it`() async throws {
        let outcome = try await Command().run("-", "a", "b", input: "print(..., arg[2])")
        #expect(outcome.output == "a\tb\n")
    }

    @Test func `without a script standard input is run`() async throws {
        let outcome = try await Command().run([], input: "print('from stdin')")
        #expect(outcome.output == "from stdin\n")
    }

    @Test(arguments: [
        (["--lcoal", "x.lua"], "unrecognized option '--lcoal'; did you mean --local?"),
        (["-q"], "unrecognized option '-q'"), (["-h"], "unrecognized option '-h'"),
        (["--base-url"], "'--base-url' needs argument"), (["-e"], "'-e' needs argument"),
        (["--log-level", "loud"], "'--log-level' must be one of trace"), (["--local=x"], "takes no value, not 'x'"),
        (["--ui", "gui"], "'--ui' must be one of auto, tty, plain, json, none, not 'gui'"),
        (["--virtual-time", "x.lua"], "'--virtual-time' needs '--local'"),
        (["--watch"], "'--watch' needs a script"), (["--watch", "--local", "-"], "'--watch' needs a script"),
        (["--watch", "x.lua"], "'--watch' needs '--cap DOLLARS'"), (["help", "--man", "poll"], "give a name"),
        (["models", "--all"], "--all"), (["doctor", "now"], "now"), (["init", "a", "b"], "b"),
        (["--web", "8080"], "'--web' takes its port after '=': --web=8080"),
        (["lab", "p.lua", "--jobs", "x"], "'x' is invalid for '--jobs"), (["lab"], "<policy.lua>"),
        (["lab", "--jobs", "0", "p.lua"], "--jobs must be 1 to"), (["serve", "--bogus"], "--bogus"),
        (["serve", "--port", "70000"], "--port must be 0 to 65535"), (["test", "--tap", "--junit"], "give one"),
        (["test", "--timeout", "soon"], "'soon' is invalid"),
    ])
    func `a command line that cannot be run is refused in three lines, with status 2`(
        words: [String], complaint: String
    ) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output == "")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first?.contains(complaint) == true, "\(outcome.errors)")
        #expect(lines.dropFirst().first?.hasPrefix("usage: ") == true)
        #expect(lines.last?.contains(" --help' lists the options") == true)
    }

    @Test func `with JSON a command line that cannot be run is refused in JSON`() async throws {
        let outcome = try await Command().run("--ui", "json", "--seed", "x")
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.hasPrefix(#"{"type":"error","#), "\(outcome.errors)")
        #expect(outcome.errors.contains(#""message":"'--seed' must be"#), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [[], ["serve"], ["test"], ["lab"]])
    func `help goes to standard output and is no failure`(words: [String]) async throws {
        let outcome = try await Command().run(words + ["--help"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "")
        #expect(outcome.output.contains("--help"))
    }

    @Test(arguments: [["none.lua"], ["--web", "none.lua"], ["--page", "page.html", "."], ["--local", "none.lua"]])
    func `a script that cannot be opened ends the run`(words: [String]) async throws {
        let command = try Command()
        try command.scratch.write("page.html", "<p id=x></p>")
        let outcome = try await command.run(words)
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.errors.contains("cannot \(words.last == "." ? "read ." : "open none.lua")"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("the page is at"))
    }

    @Test func `without a key the error says what else there is`() async throws {
        var command = try Command()
        command.environment["DECART_API_KEY"] = .some(nil)
        let outcome = try await command.run("-e", "decart.createDecartClient()")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("INVALID_API_KEY"), "\(outcome.errors)")
        #expect(outcome.errors.contains("run it with --local"))
    }

    @Test func `os.exit's code is the command's`() async throws {
        #expect(try await Command().run("-e", "os.exit(7)").exitCode == 7)
    }

    @Test func `a namespace may be called with a colon, and mapped over ids`() async throws {
        let code = """
            local client = decart.createDecartClient()
            local id = client.queue:submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
            local all = decart.map({ id, id }, client.queue.status)
            print(#all, all[2].job_id == client.queue:status(id).job_id)
            """
        #expect(try await Command().run("--local", "-e", code).output == "2\ttrue\n")
    }
}
