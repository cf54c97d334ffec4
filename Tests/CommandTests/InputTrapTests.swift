import TestSupport
import Testing

/// What Lua makes easy to get wrong: each is either taken for what was meant, or refused by name before a byte is sent.
@Suite(.timeLimit(.minutes(5)))
struct InputTrapTests {
    private func run(_ inputs: String) async throws -> Command.Outcome {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            local client = decart.createDecartClient()
            local image = decart.blob("x", "image/png") -- luacheck: ignore
            local ok, e = pcall(client.queue.submit, { \(inputs) })
            print(ok and "sent" or e)
            """)
        return try await command.run("--local", "script.lua")
    }

    @Test(arguments: [
        #"model = "lucy-pro-t2v", prompt = "x", seed = 42.0"#,
        #"model = "lucy-pro-t2v", prompt = "x", seed = 2^32 - 1"#,
        #"model = "lucy-pro-t2v", prompt = "x", seed = -0.0"#,
        #"model = "lucy-pro-t2v", prompt = ("\u{1F600}"):rep(1000)"#,
        #"model = "lucy-pro-t2v", prompt = "x", seed = nil, resolution = nil"#,
        #"model = "lucy-motion", data = image, "#
            + "trajectory = { { frame = 0, x = 0, y = 0 }, { frame = 1.0, x = 1, y = .5 } }",
        #"model = "lucy-2.5", data = image, prompt = """#,
    ])
    func `what was meant is sent`(inputs: String) async throws {
        #expect(try await run(inputs).output == "sent\n")
    }

    @Test(arguments: [
        (#"seed = 42.5"#, "seed must be an integer from 0 to 4294967295 (got 42.5)"),
        (#"seed = "42""#, #"seed must be an integer from 0 to 4294967295 (got "42")"#),
        (#"seed = 2^53"#, "seed must be an integer from 0 to 4294967295 (got 9007199254740992)"),
        (#"seed = 0/0"#, "seed must be an integer from 0 to 4294967295"),
        (#"seed = math.huge"#, "seed must be an integer from 0 to 4294967295 (got inf)"),
        (#"seed = true"#, "seed must be an integer from 0 to 4294967295 (got true)"),
        (#"seed = {}"#, "seed must be an integer from 0 to 4294967295 (got a list of 0)"),
        (#"seed = print"#, "seed must be a value, a file or a Blob (got function)"),
        (#"prompt = true"#, "prompt must be text (got true)"),
        (#"prompt = 42"#, "prompt must be text (got 42)"),
        (#"prompt = {}"#, "prompt must be text (got a list of 0)"),
        (#"prompt = { "a", nil, "c" }"#, "prompt must be"),
        (#"prompt = "a\0b""#, "prompt must not contain a NUL character"),
        (#"prompt = "\xff\xfe""#, "prompt must be text in UTF-8"),
        (#"prompt = ("\u{1F600}"):rep(1001)"#, "prompt must be at most 1000 characters (got 1001 characters"),
        (#"resolution = 720"#, #"resolution must be "720p" or "480p" (got 720)"#),
        (#""x""#, "inputs must have names as keys"),
        (#"[true] = 1"#, "inputs must have names as keys"),
    ])
    func `what cannot be meant is refused by name`(input: String, complaint: String) async throws {
        let prompt = input.hasPrefix("prompt") ? "" : #"prompt = "x", "#
        let outcome = try await run(#"model = "lucy-pro-t2v", \#(prompt)\#(input)"#)
        #expect(outcome.output.hasPrefix("INVALID_INPUT: "))
        #expect(outcome.output.contains(complaint))
    }

    @Test(arguments: [
        "{}", "{ {} , {} }", "{ { frame = 0, x = 0, y = 0 } }",
        "{ { frame = 0, x = 0, y = 0 }, nil, { frame = 2, x = 0, y = 0 } }",
        "{ { frame = 0, x = 0, y = 0 }, { frame = 1, x = 0/0, y = 0 } }", "{ { frame = 0, x = 0, y = 0 }, 1, n = 2 }",
        "{ [2] = { frame = 0, x = 0, y = 0 }, [3] = { frame = 0, x = 0, y = 0 } }", "false", #""[]""#, "1",
        "(function() local t = {} t[1] = t t[2] = t return t end)()",
    ])
    func `a path that is none is refused by name`(trajectory: String) async throws {
        let outcome = try await run(#"model = "lucy-motion", data = image, trajectory = \#(trajectory)"#)
        #expect(outcome.output.hasPrefix("INVALID_INPUT: "))
        #expect(outcome.output.contains("trajectory must "))
    }

    @Test(arguments: [
        "true", "1", "{}", "decart", "function() end", #""""#, #""a\0b""#, #"decart.file("gone.png")"#, #"".""#,
    ])
    func `a file that is none is refused by name`(file: String) async throws {
        let outcome = try await run(#"model = "lucy-2.5", data = \#(file)"#)
        #expect(outcome.output.hasPrefix("INVALID_INPUT: "))
        #expect(outcome.output.contains("data "))
    }
}
