import DecartAPI
import Testing

@testable import DecartClient

struct StatusTests {
    @Test func `a status is asked with the key and keeps unknown members`() async throws {
        let transport = ScriptedTransport([
            Play.reply(200, #"{"job_id":"a b","status":"processing","queue":{"place":3}}"#)
        ])
        let job = try await makeClient(transport).queue.status(makeJob("a b"))
        #expect(job.status == .processing)
        #expect(job.members["queue"]?["place"] == 3)
        #expect(transport.urls == ["https://queue.test/v1/jobs/a%20b"])
        let headers = transport.requests[0].headers.map { "\($0.name): \($0.value)" }
        #expect(
            headers == [
                "user-agent: decart-lua/0.1.0 lang/lua runtime/swift", "accept-encoding: identity",
                "x-api-key: \(secretKey)",
            ])
    }

    @Test func `an unknown status is handed on and is not finished`() async throws {
        let transport = ScriptedTransport([Play.reply(200, #"{"status":"dreaming"}"#)])
        let job = try await makeClient(transport).queue.status(makeJob())
        #expect(job.status.rawValue == "dreaming")
        #expect(job.members == ["job_id": "job-1", "status": "dreaming"])
        #expect(!job.status.isFinished)
    }

    @Test func `a 404 is NOT_FOUND with the id`() async throws {
        let transport = ScriptedTransport([Play.reply(404, #"{"detail":"Job not found"}"#)])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("gone")) }
        #expect(error.code == .notFound)
        #expect(error.status == 404)
        #expect(error.data == ["job_id": "gone", "detail": "Job not found"])
        #expect(!error.retryable)
    }

    @Test(arguments: [
        (408, DecartErrorCode.queueStatusError), (429, .queueStatusError), (500, .queueStatusError),
        (503, .queueStatusError),
    ])
    func `what may pass is asked three times, then reported as retryable`(status: Int, code: DecartErrorCode)
        async throws
    {
        let transport = ScriptedTransport(Array(repeating: Play.reply(status, "busy"), count: 3))
        let clock = LeapingClock()
        let client = try makeClient(transport, clock: clock)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(transport.requests.count == 3)
        #expect(error.code == code)
        #expect(error.retryable)
        #expect(error.data["job_id"] == "j")
        #expect(clock.waits.count == 2)
        #expect(clock.waits[0] <= .milliseconds(250))
        #expect(clock.waits[1] <= .milliseconds(500))
    }

    @Test func `Retry-After is waited, in seconds or until a date`() async throws {
        let transport = ScriptedTransport([
            Play.reply(429, headers: [("Retry-After", "7")]),
            Play.reply(503, headers: [("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT")]),
            Play.reply(200, #"{"status":"pending"}"#),
        ])
        let clock = LeapingClock()
        let job = try await makeClient(transport, clock: clock).queue.status(makeJob())
        #expect(job.status == .pending)
        #expect(clock.waits == [.seconds(7), .seconds(23)])
    }

    @Test func `a reset is NETWORK_ERROR once its retries are used up`() async throws {
        let transport = ScriptedTransport(Array(repeating: Play.fail(.network, .maybeSent), count: 3))
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(error.code == .networkError)
        #expect(error.retryable)
        #expect(error.cause == "as the script says")
        #expect(error.data["job_id"] == "j")
    }

    @Test(arguments: [
        ("<html>login</html>", "not JSON"), ("", "empty body"), ("[1]", "not an object"),
        (#"{"job_id":"j"}"#, "without a status"),
        (#"{"status":3}"#, "without a status"),
        (#"{"job_id":5,"status":"completed"}"#, "another job, \"5\""),
        (#"{"job_id":["j"],"status":"failed"}"#, "another job"),
    ])
    func `a success that is no status is QUEUE_STATUS_ERROR and says what came`(body: String, what: String) async throws
    {
        let transport = ScriptedTransport([Play.reply(200, body)])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(error.code == .queueStatusError)
        #expect(error.message.contains(what))
        #expect(error.data["job_id"] == "j")
        #expect(transport.requests.count == 1)
    }

    @Test func `a server that repeats the key does not get it printed`() async throws {
        let transport = ScriptedTransport([Play.reply(401, #"{"detail":"bad key \#(secretKey)"}"#)])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(error.message.contains("[API key]"))
        #expect(error.message.contains("DECART_API_KEY"))
    }

    @Test func `a redirect is followed, and the key stays with the origin of the base URL`() async throws {
        let transport = ScriptedTransport([
            Play.reply(307, headers: [("Location", "/moved")]),
            Play.reply(302, headers: [("Location", "https://other.test/elsewhere")]),
            Play.reply(302, headers: [("Location", "https://queue.test:8443/x")]),
            Play.reply(200, #"{"status":"pending"}"#),
        ])
        _ = try await makeClient(transport).queue.status(makeJob())
        #expect(
            transport.urls == [
                "https://queue.test/v1/jobs/job-1", "https://queue.test/moved", "https://other.test/elsewhere",
                "https://queue.test:8443/x",
            ])
        let keyed = transport.requests.map { $0.headers.contains { $0.name == "x-api-key" } }
        #expect(keyed == [true, true, false, false])
    }

    @Test func `a redirect from https to http is refused`() async throws {
        let transport = ScriptedTransport([Play.reply(302, headers: [("Location", "http://queue.test/x")])])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(error.code == .queueStatusError)
        #expect(transport.requests.count == 1)
    }

    @Test func `five redirects are followed and no sixth`() async throws {
        let transport = ScriptedTransport(
            Array(repeating: Play.reply(302, headers: [("location", "/again")]), count: 9))
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        #expect(error.code == .queueStatusError)
        #expect(transport.requests.count == 6)
    }

    @Test func `a cancelled status ends at once with the id`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport([Play.wait(at: gate, hasBegun: true)])
        let client = try makeClient(transport)
        let task = Task { try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) } }
        await gate.arrival()
        task.cancel()
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.data["job_id"] == "j")
    }
}
