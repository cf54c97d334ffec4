import Testing

/// The words a user gives the command, and what the script sees of them.
@Suite(.timeLimit(.minutes(1)))
struct CommandLineTests {
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
        (["--lcoal", "x.lua"], "unrecognized option '--lcoal'"), (["-q"], "unrecognized option '-q'"),
        (["--base-url"], "'--base-url' needs argument"), (["-e"], "'-e' needs argument"),
        (["--log-level", "loud"], "'loud'"),
    ])
    func `an option that will not do is named, with the usage`(words: [String], complaint: String) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains(complaint))
        #expect(outcome.errors.contains("usage: "))
        // All of it fits on a screen, the complaint first.
        #expect(outcome.errors.split(separator: "\n").count == 6)
    }

    @Test(arguments: ["jobs", "types", "doctor"])
    func `a reserved word is no script's name yet, unless it is a path`(word: String) async throws {
        let command = try Command()
        try command.scratch.write(word, "print('ran')")
        let refused = try await command.run(word)
        #expect(refused.exitCode == 1)
        #expect(refused.errors.contains("'\(word)' is reserved"))
        #expect(refused.errors.contains("'./\(word)'"))
        #expect(refused.output == "")
        #expect(try await command.run("./\(word)").output == "ran\n")
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
