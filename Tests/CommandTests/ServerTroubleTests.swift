import Foundation
import LocalQueue
import TestSupport
import Testing

/// Keys, addresses and servers that will not do: what the user is told, and that no job is lost.
@Suite(.timeLimit(.minutes(5)))
struct ServerTroubleTests {
    private static let ask = #"decart.createDecartClient().queue.status("job_abc")"#
    private static let submit = """
        decart.createDecartClient().queue.submit({
          model = "lucy-2.1", prompt = "x", data = decart.blob("x", "video/mp4"),
        })
        """

    @Test(arguments: [nil, "", "   "])
    func `without a key nothing is asked`(key: String?) async throws {
        var command = try Command()
        command.environment["DECART_API_KEY"] = .some(key)
        let outcome = try await command.run("--base-url", "http://127.0.0.1:1", "-e", Self.ask)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("INVALID_API_KEY: "))
        #expect(outcome.errors.contains("set the environment variable DECART_API_KEY"))
    }

    @Test(arguments: ["ftp://example.com", "", "garbage", "http://", "http://host:notaport"])
    func `a base URL that will not do is named with what would`(url: String) async throws {
        let outcome = try await Command().run("--base-url", url, "-e", Self.ask)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("INVALID_BASE_URL: --base-url "))
        #expect(outcome.errors.contains("https://host"))
    }

    @Test func `a host that cannot be reached is a network error with the job's id`() async throws {
        let outcome = try await Command().run("--base-url", "http://127.0.0.1:1", "-e", Self.ask)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("NETWORK_ERROR: "))
        #expect(outcome.errors.contains("connection refused"))
        #expect(outcome.errors.contains("ask again with its id, job_abc"))
    }

    @Test(arguments: [
        ("200 OK", "<html>hello</html>", "QUEUE_STATUS_ERROR"),
        ("200 OK", #"{"job_id":"job_abc"}"#, "QUEUE_STATUS_ERROR"),
        ("500 Oops", "boom", "QUEUE_STATUS_ERROR"), ("404 Not Found", #"{"detail":"gone"}"#, "NOT_FOUND"),
    ])
    func `an answer that will not do says so`(status: String, body: String, code: String) async throws {
        let outcome = try await RudeServer.with { _, _ in
            .reply(status, body)
        } _: { url in
            try await Command().run("--base-url", url, "-e", Self.ask)
        }
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("\(code): "))
        #expect(outcome.errors.contains("job_abc"))
    }

    @Test func `a submit whose answer is unreadable says that the job may exist`() async throws {
        let outcome = try await RudeServer.with { _, _ in
            .reply("200 OK", "what?")
        } _: { url in
            try await Command().run("--base-url", url, "-e", Self.submit)
        }
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("SUBMIT_UNKNOWN: "))
    }

    @Test func `a key that a server echoes is not shown`() async throws {
        let outcome = try await RudeServer.with { _, _ in
            .reply("401 Unauthorized", #"{"detail":"bad key \#(Command.key)"}"#)
        } _: { url in
            try await Command().run("--log-level", "trace", "--base-url", url, "-e", Self.ask)
        }
        #expect(outcome.exitCode == 1)
        #expect(!outcome.everything.contains(Command.key))
    }

    @Test func `a result cut in the middle leaves no file`() async throws {
        let cut = RudeServer.Answer(
            bytes: "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 100000\r\n\r\nonly the beginning")
        for code in [
            #"decart.createDecartClient().queue.result("job_abc", { path = "video.mp4" })"#,
            #"decart.createDecartClient().queue.result("job_abc"):save("video.mp4")"#,
        ] {
            let command = try Command()
            let outcome = try await RudeServer.with { _, path in
                path.hasSuffix("/content") ? cut : .reply("200 OK", #"{"job_id":"job_abc","status":"completed"}"#)
            } _: { url in
                try await command.run("--base-url", url, "-e", code)
            }
            #expect(outcome.exitCode == 1)
            #expect(outcome.errors.contains("NETWORK_ERROR: "))
            #expect(outcome.errors.contains("job_abc"))
            #expect(command.scratch.names.isEmpty)
        }
    }

    @Test(arguments: [
        ("200 OK", "<html>hello</html>", "TIMEOUT"), ("500 Oops", "boom", "TIMEOUT"), ("429 Later", "slow", "TIMEOUT"),
        ("404 Not Found", #"{"detail":"gone"}"#, "NOT_FOUND"), ("403 Forbidden", "no", "QUEUE_STATUS_ERROR"),
    ])
    func `a look that fails is a missed look, a refusal ends the wait, the id is in both`(
        status: String, body: String, code: String
    ) async throws {
        let script = """
            local client = decart.createDecartClient({ maxRetries = 0 })
            local _, e = pcall(client.queue.poll, "job_abc", { timeout = 100, policy = decart.policy.fixed(20) })
            print(e.code, e.data.job_id)
            """
        let outcome = try await RudeServer.with { _, _ in
            .reply(status, body)
        } _: { url in
            try await Command().run("--base-url", url, "-e", script)
        }
        #expect(outcome.output == "\(code)\tjob_abc\n")
    }

    @Test func `a job that is not finished when the run ends is told`() async throws {
        let slow = QueueSettings(pending: .seconds(3600))
        let outcome = try await RunningQueue.with(slow) { url in
            try await Command().run("--base-url", url, "-e", Self.submit + " error('oh')")
        }
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("1 job is not finished or not fetched yet:\n  job_"))
    }
}
