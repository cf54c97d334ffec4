import DecartAPI
import RunClock
import Testing

@testable import DecartClient

/// Waits whose server is a real one.
struct WaitOverHTTPTests {
    private func job(_ status: String, _ id: String = "job_mine") -> [LoopbackServer.Action] {
        LoopbackServer.reply(200, #"{"job_id":"\#(id)","status":"\#(status)"}"#)
    }

    @Test func `another job's reply ends no wait`() async throws {
        let server = try await LoopbackServer.start([
            job("failed", "job_other"), job("completed", "job_other"), job("completed"),
            LoopbackServer.reply(200, "clip"),
        ])
        let outcome = try await withTransport { transport in
            try await makeClient(transport, base: server.url).queue.poll(makeJob("job_mine"))
        }
        await server.stop()
        guard case .completed(let reply, let blob) = outcome else { throw Unexpected.noValue }
        #expect(reply.id.text == "job_mine")
        #expect(blob.size == 4)
        #expect(server.requests.last?.line == "GET /v1/jobs/job_mine/content HTTP/1.1")
    }

    @Test func `a server that puts a submit off beyond its timeout is left at once`() async throws {
        let server = try await LoopbackServer.start([LoopbackServer.reply(429, "", "Retry-After: 86400")])
        let submission = try sunset()
        let error = try await withTransport { transport in
            let client = try makeClient(transport, clock: SystemClock(), base: server.url)
            return try await failure { () throws(DecartError) in
                try await client.queue.submitAndPoll(submission, timeout: .seconds(3600))
            }
        }
        await server.stop()
        #expect(error.code == .timeout)
        #expect(error.message.contains("86400 s"))
        #expect(server.requests.count == 1)
    }
}
