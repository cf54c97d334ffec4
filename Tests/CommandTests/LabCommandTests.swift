import Foundation
import TestSupport
import Testing

/// `decart-lua lab` as a user calls it.
@Suite(.timeLimit(.minutes(5)))
struct LabCommandTests {
    private func command(_ policies: [String: String]) throws -> Command {
        let command = try Command()
        for (file, text) in policies { try command.scratch.write(file, text) }
        return command
    }

    private static let fixed = #"return require("decart").policy.fixed(1500)"#
    private static let seedPage = """
        return require("decart").policy.exponential { initial = 1000, factor = 1.5, max = 10000, maxAttempts = 30 }
        """

    @Test func `policies go by their files' names and are told apart by JSON on stdout`() async throws {
        let command = try command(["fixed.lua": Self.fixed, "seed_page.lua": Self.seedPage])
        let outcome = try await command.run(
            "lab", "fixed.lua", "seed_page.lua", "--jobs", "100", "--json", "--durations", "fixed:300s")
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let policies = try #require(document["policies"] as? [[String: Any]])
        #expect(policies.map { $0["name"] as? String } == ["fixed", "seed_page"])
        #expect(policies[0]["looksPerJob"] as? Double == 200)
        #expect(policies[0]["gaveUp"] as? Int == 0)
        // It gives up after 260.8 s; the service allows 600.
        #expect(policies[1]["gaveUp"] as? Int == 100)
        #expect(policies[1]["looksPerJob"] as? Double == 30)
    }

    @Test func `the same command prints the same table, whatever chance the policies take`() async throws {
        let command = try command([
            "jitter.lua": #"return require("decart").policy.exponential { jitter = "full" }"#,
            "random.lua": "return function() return math.random(1000, 9000) end",
            "learned.lua": #"return require("decart").policy.learned {}"#,
        ])
        let words = [
            "lab", "jitter.lua", "random.lua", "learned.lua", "--jobs", "60", "--faults", "0.1", "--latency", "100ms",
        ]
        let first = try await command.run(words)
        #expect(first.exitCode == 0)
        #expect(try await command.run(words).output == first.output)
        #expect(try await command.run(words + ["--seed", "2"]).output != first.output)
        #expect(first.output.contains("10.0 % of polls unanswered"))
    }

    @Test func `a policy is asked as in a run, and sees what a run shows it`() async throws {
        let policy = """
            local seen = {}
            return function(poll)
              assert(poll.jobId and poll.model and poll.elapsed == poll.attempt * 1000)
              assert(poll.status == "pending" or poll.status == "processing")
              if poll.lastError then assert(poll.lastError.code == "NETWORK_ERROR" and poll.lastError.retryable) end
              assert(not pcall(function() return require("decart").createDecartClient().queue.status("job_1") end))
              return 1000
            end
            """
        let outcome = try await command(["asks.lua": policy]).run("lab", "asks.lua", "--jobs", "30", "--faults", "0.3")
        #expect(outcome.errors == "")
        #expect(outcome.exitCode == 0)
    }

    @Test func `a delay beyond all time gives a job up`() async throws {
        let command = try Command()
        try command.scratch.write("p.lua", "return function() return 1e308 end")
        let outcome = try await command.run("lab", "--jobs", "2", "p.lua")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(#/\np +1\.00 .* 2 +0 /#), "\(outcome.output)")
    }

    @Test(arguments: [
        (#"return function() return "soon" end"#, #"p.lua:1 returned "soon"; it must return the milliseconds"#),
        ("return function() return 0/0 end", "nan; it must"), ("return function() return -5 end", "returned -5;"),
        ("return function() return math.huge end", "returned inf;"),
        ("return function() return {} end", "returned table"),
        ("\nreturn function() error('oh no') end", "p.lua:2: oh no"),
        ("return function() require('decart').sleep(1) return 5 end", "attempt to wait inside a polling policy"),
        ("return function(", "p.lua:1: <name> or '...' expected"), ("return 5", "must return a policy"),
        ("local x = 5", "returned nothing"), ("error('broken')", "p.lua:1: broken"),
        ("return function() return 0 end", "100000 times"),
        ("require('decart').sleep(1)", "attempt to wait inside a policy's file"),
        ("os.exit(0)", "p.lua:1: a policy cannot end the lab"),
        ("return function() os.exit(0) end", "p.lua:1: a policy cannot end the lab"),
    ])
    func `a policy that will not do is named with its line`(policy: String, complaint: String) async throws {
        let outcome = try await command(["p.lua": policy]).run("lab", "p.lua", "--jobs", "5")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func `a policy that never ends is ended, with its line`() async throws {
        let policy = "return function(poll)\n  if poll.attempt == 2 then\n    while true do end\n  end\n  return 9\nend"
        let outcome = try await command(["p.lua": policy]).run("lab", "p.lua")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("p.lua:3: it does not come to an end"), "\(outcome.errors)")
    }

    @Test func `a file that leaves timers behind does not keep the lab from ending`() async throws {
        let policy = "setInterval(print, 10); return function() return 5000 end"
        #expect(try await command(["p.lua": policy]).run("lab", "p.lua", "--jobs", "5").exitCode == 0)
    }

    @Test(arguments: [
        (["p.lua", "--jobs", "0"], "--jobs must be 1 to"),
        (["p.lua", "--faults", "1"], "--faults must be from 0 up to"),
        (["p.lua", "--faults", "nan"], "--faults must be from 0 up to"),
        (["p.lua", "--concurrency", "0"], "--concurrency must be 1 or more"),
        (["p.lua", "--latency", "5"], "--latency must be a time"), (["p.lua", "--every", "-1s"], "--every"),
        (["p.lua", "--durations", "fast"], "neither one of"), (["none.lua"], "cannot open none.lua"),
        ([], "<policy.lua>"),
        (["p.lua", "--html", "/nowhere/report.html", "--jobs", "2"], "/nowhere/report.html cannot be written"),
    ])
    func `options that will not do are named`(words: [String], complaint: String) async throws {
        let outcome = try await command(["p.lua": Self.fixed]).run(["lab"] + words)
        #expect(outcome.exitCode != 0)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    }

    @Test func `recorded durations and a page are files`() async throws {
        let command = try command([
            "a/p.lua": Self.fixed, "b/p.lua": Self.seedPage, "times.csv": "ms\n40000\n50000\n60000\n",
        ])
        let outcome = try await command.run(
            "lab", "a/p.lua", "b/p.lua", "--durations", "times.csv", "--html", "report.html", "--jobs", "50")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("a/p.lua") && outcome.output.contains("b/p.lua"))
        let page = try #require(command.scratch.bytes("report.html").map { String(decoding: $0, as: UTF8.self) })
        #expect(page.contains("a/p.lua") && page.contains("<svg"))
    }
}
