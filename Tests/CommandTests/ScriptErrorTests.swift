import Foundation
import TestSupport
import Testing

/// What a user is told when a script cannot run or fails.
@Suite(.timeLimit(.minutes(5)))
struct ScriptErrorTests {
    /// Runs a file of that text against a queue on this machine.
    private func run(_ text: String, _ arguments: String...) async throws -> Command.Outcome {
        let command = try Command()
        try command.scratch.write("script.lua", text)
        return try await command.run(["--local", "script.lua"] + arguments)
    }

    @Test func `a script that is not there is named`() async throws {
        let outcome = try await Command().run("--local", "nosuch.lua")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("cannot open nosuch.lua"))
        #expect(!outcome.errors.contains("traceback"))
    }

    @Test func `a folder is not a script`() async throws {
        let outcome = try await Command().run("--local", "/tmp")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("cannot read /tmp: Is a directory"))
    }

    @Test func `a syntax error is shown with file and line`() async throws {
        let outcome = try await run("local x = 1\nlocal y = = 2\n")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("script.lua:2: unexpected symbol near '='"))
    }

    @Test func `an error is shown with the lines that led to it and no others`() async throws {
        let outcome = try await run(
            """
            local function inner() error("it broke") end
            local function outer() inner() end
            outer()
            """)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("script.lua:1: it broke\nstack traceback:\n"))
        for line in 1...3 { #expect(outcome.errors.contains("\tscript.lua:\(line): in ")) }
        #expect(!outcome.errors.contains("[string"))
        #expect(!outcome.errors.contains("prelude"))
    }

    @Test func `an uncaught error object is shown with its code and the script's line`() async throws {
        let outcome = try await run(
            """
            local client = require("decart").createDecartClient()
            print("before")
            client.queue.status("job_nope")
            print("after")
            """)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "before\n")
        #expect(outcome.errors.contains("script.lua:3: NOT_FOUND: Job job_nope was not found."))
        #expect(outcome.errors.contains("\tscript.lua:3: in main chunk"))
    }

    @Test func `an error in a task ends the run with status 1 and does not stop the others`() async throws {
        let outcome = try await run(
            """
            setTimeout(function() error("late trouble") end, 1)
            setTimeout(function() print("still here") end, 20)
            """)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "still here\n")
        #expect(outcome.errors.contains("script.lua:1: late trouble"))
    }

    @Test(arguments: [
        ("client.queue.status(nil)", "bad argument #1 to 'status' (string expected, got nil)"),
        ("client.queue.status({})", "bad argument #1 to 'status' (string expected, got table)"),
        ("client.queue.result()", "bad argument #1 to 'result' (string expected, got nil)"),
        ("client.queue.submit('cat')", "bad argument #1 to 'submit' (table expected, got string)"),
        ("document.getElementById()", "bad argument #1 to 'getElementById' (string expected, got no value)"),
        ("document.getElementById('a').colour = 1", "an element has no property 'colour' that can be set"),
        ("client.queue.status('a/b')", #"INVALID_INPUT: The job id "a/b" has "/" in it."#),
        ("client.queue.status('')", "INVALID_INPUT: The job id is empty."),
        ("client.queue.submit({ prompt = 'x' })", "INVALID_INPUT: No model was given."),
        ("client.queue.submit({ model = 'lucy-pro-t2v', promt = 'x' })", "did you mean prompt?"),
        ("client.queue.submit({ model = 'lucy-pro-t2w', prompt = 'x' })", "MODEL_NOT_FOUND: "),
        ("client.queue.submit({ model = 'lucy-pro-i2v', prompt = 'x', data = 'gone.png' })", "data cannot be read"),
        ("client.queue.result('job_x', { pth = 'x' })", #"result knows no option "pth". Did you mean path?"#),
        ("decart.createDecartClient({ apikey = 'x' })", #"knows no option "apikey". Did you mean apiKey?"#),
    ])
    func `a wrong argument is named with the script's line`(call: String, complaint: String) async throws {
        let outcome = try await run(
            """
            local decart = require("decart")
            local client = decart.createDecartClient() -- luacheck: ignore
            \(call)
            """)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("script.lua:3: "))
        #expect(outcome.errors.contains(complaint))
    }

    @Test func `bytecode is refused as a script, by load and by require`() async throws {
        let command = try Command()
        let dump = #"io.open("code.luac", "wb"):write(string.dump(function() print("ran") end)):close()"#
        let made = try await command.run("-e", dump)
        #expect(made.exitCode == 0)
        let refused = "attempt to load a binary chunk (mode is 't')"
        for words in [
            ["code.luac"], ["-e", #"assert(load(io.open("code.luac", "rb"):read("a")))"#],
            ["-e", #"package.path = "./?.luac" require("code")"#],
        ] {
            let outcome = try await command.run(["--local"] + words)
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains(refused))
        }
        let allowed = try await command.run("--local", "--bytecode", "code.luac")
        #expect(allowed.output == "ran\n")
    }
}
