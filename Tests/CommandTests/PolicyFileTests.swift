import TestSupport
import Testing

/// `--policy file.lua`, and policies that are none.
@Suite(.timeLimit(.minutes(5)))
struct PolicyFileTests {
    private static let script = """
        local decart = require("decart")
        local queue = decart.createDecartClient().queue
        local job = { model = "lucy-pro-t2v", prompt = "x", onPoll = function() io.write(decart.now(), " ") end }
        local ok, e = pcall(queue.submitAndPoll, job)
        print(ok and e.status or e)
        if not ok then print(e.code, e.data.job_id, queue.status(e.data.job_id).status) end
        local id = queue.submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
        print(pcall(queue.poll, id, { policy = decart.policy.fixed(6000) }))
        """

    private func run(policy: String) async throws -> Command.Outcome {
        let command = try Command()
        try command.scratch.write("p.lua", policy)
        try command.scratch.write("s.lua", Self.script)
        return try await command.run("--local", "--virtual-time", "--policy", "p.lua", "s.lua")
    }

    @Test func `it is the policy of every wait that has none of its own`() async throws {
        let outcome = try await run(policy: "return require('decart').policy.fixed(4000)")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("4000 8000 completed\ntrue\t"), "\(outcome.output)")
    }

    @Test(arguments: [
        ("return function() return 'soon' end", "the policy at p.lua:1 returned \"soon\";"),
        ("return function() return 0/0 end", "the policy at p.lua:1 returned "),
        ("return function() return -1 end", "the policy at p.lua:1 returned -1;"),
        ("return function() return math.huge end", "the policy at p.lua:1 returned inf;"),
        ("\nreturn function()\nerror('no idea') end", "the policy at p.lua:2 failed: p.lua:3: no idea;"),
        (
            "return function(poll) return poll.nothing.here end",
            "the policy at p.lua:1 failed: p.lua:1: attempt to index"
        ),
        (
            "return function() while true do end end",
            "the policy at p.lua:1 failed: p.lua:1: it does not come to an end;"
        ),
        (
            "return function() while true do pcall(function()\nwhile true do end end) end end",
            "it does not come to an end;"
        ),
        (
            "local f = coroutine.wrap(function() while true do end end)\nreturn function() return f() end",
            "it does not come to an end;"
        ),
        (
            "return function() require('decart').sleep(1) end",
            "the policy at p.lua:1 failed: p.lua:1: attempt to wait inside a polling policy"
        ),
    ])
    func `an answer that is none ends the wait, and the job's id is kept`(policy: String, complaint: String)
        async throws
    {
        let outcome = try await run(policy: policy)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("INVALID_POLICY: ") == true, "\(outcome.everything)")
        #expect(lines.first?.contains(complaint) == true, "\(outcome.output)")
        #expect(lines.dropFirst().first?.contains("INVALID_POLICY\tjob_") == true)
        // The run goes on, and another policy still works.
        #expect(lines.last?.hasPrefix("true\t") == true)
    }

    @Test(arguments: [
        ("return 5", "--policy p.lua: the file returned a number; it is to return a policy"),
        ("", "--policy p.lua: the file returned nothing; it is to return a policy"),
        ("return {", "p.lua:1: unexpected symbol near <eof>"), ("error('boom')", "p.lua:1: boom"),
        ("while true do end", "p.lua:1: it does not come to an end"),
    ])
    func `a file that returns no policy is refused before a job is paid for`(policy: String, complaint: String)
        async throws
    {
        let outcome = try await run(policy: policy)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func `a file that is not there is named`() async throws {
        let outcome = try await Command().run("--local", "--policy", "none.lua", "-e", "print(1)")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("cannot open none.lua"))
    }
}
