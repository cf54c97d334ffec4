import DecartAPI
import RunClock
import Synchronization
import Testing

@testable import DecartClient

struct PollTests {
    private func status(_ status: String) -> ScriptedTransport.Step {
        Play.reply(200, #"{"job_id":"j","status":"\#(status)","error":{"message":"no GPU"}}"#)
    }

    @Test func `submitAndPoll polls after 500 ms, then every 1500, and reports each poll and each change`() async throws
    {
        let transport = ScriptedTransport([
            status("pending"), status("pending"), status("processing"), status("processing"), status("completed"),
            Play.reply(200, "clip"),
        ])
        let clock = LeapingClock()
        let changes = Mutex<[String]>([])
        let polls = Mutex<[String]>([])
        let outcome = try await makeClient(transport, clock: clock).queue.submitAndPoll(
            sunset(), onStatusChange: { job in changes.withLock { $0.append(job.status.rawValue) } },
            onPoll: { job in polls.withLock { $0.append(job.status.rawValue) } })
        guard case .completed(let job, let blob) = outcome else { throw Unexpected.noValue }
        #expect(job.id.text == "j")
        #expect(blob.size == 4)
        #expect(changes.withLock { $0 } == ["pending", "processing", "completed"])
        #expect(polls.withLock { $0 } == ["pending", "processing", "processing", "completed"])
        #expect(clock.waits == [.milliseconds(500)] + Array(repeating: .milliseconds(1500), count: 3))
    }

    @Test func `poll polls at once, and a failed job is a value with the server's reason`() async throws {
        let clock = LeapingClock()
        let outcome = try await makeClient(ScriptedTransport([status("failed")]), clock: clock).queue.poll(makeJob("j"))
        guard case .failed(_, let reason) = outcome else { throw Unexpected.noValue }
        #expect(reason == "no GPU")
        #expect(clock.waits.isEmpty)
    }

    @Test func `a failed poll is a missed poll`() async throws {
        let transport = ScriptedTransport([
            Play.reply(503), Play.fail(.network, .neverSent), Play.reply(429), Play.reply(200, "not JSON"),
            Play.reply(200, #"{"job_id":"other","status":"failed"}"#), status("completed"), Play.reply(200, "clip"),
        ])
        let outcome = try await makeClient(transport, maxRetries: 0).queue.poll(makeJob("j"))
        guard case .completed = outcome else { throw Unexpected.noValue }
    }

    @Test func `the Retry-After of a missed poll is waited for`() async throws {
        let transport = ScriptedTransport([
            Play.reply(429, headers: [("retry-after", "7")]), status("completed"), Play.reply(200, "clip"),
        ])
        let clock = LeapingClock()
        _ = try await makeClient(transport, clock: clock, maxRetries: 0).queue.poll(makeJob("j"))
        #expect(clock.waits == [.seconds(7)])
    }

    @Test(arguments: [(404, DecartErrorCode.notFound), (401, .queueStatusError), (422, .queueStatusError)])
    func `a refusal ends the wait, with the id`(refusal: Int, code: DecartErrorCode) async throws {
        let transport = ScriptedTransport([status("pending"), Play.reply(refusal)])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.poll(JobID("j")) }
        #expect(error.code == code)
        #expect(error.data["job_id"] == "j")
        #expect(error.data["currentStatus"] == "pending")
    }

    @MainActor @Test func `before giving up there is one last poll`() async throws {
        let transport = ScriptedTransport([status("pending"), status("pending"), status("processing")])
        let clock = VirtualClock(mode: .automatic)
        let client = try makeClient(transport, clock: clock)
        let error = try await driving(clock) {
            try await failure { () throws(DecartError) in
                try await client.queue.poll(JobID("j"), timeout: .seconds(2))
            }
        }
        #expect(error.code == .timeout)
        #expect(error.message.hasPrefix("it took longer than 2000 ms; job j is processing and goes on."))
        #expect(error.data["job_id"] == "j")
        #expect(error.data["currentStatus"] == "processing")
        #expect(clock.now.milliseconds == 2000)
        #expect(clock.pendingWakes == 0)
    }

    @MainActor @Test func `a server that does not answer holds no wait beyond its deadline and 5 s`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport([
            status("pending"), Play.wait(at: gate, hasBegun: true), Play.wait(at: gate, hasBegun: true),
        ])
        let clock = VirtualClock(mode: .automatic)
        let client = try makeClient(transport, clock: clock)
        let error = try await driving(clock) {
            try await failure { () throws(DecartError) in
                try await client.queue.poll(JobID("j"), timeout: .seconds(2))
            }
        }
        #expect(error.code == .timeout)
        #expect(error.data["currentStatus"] == "pending")
        #expect(error.cause?.contains("did not answer within 5000 ms") == true)
        #expect(clock.now.milliseconds == 6500)
    }

    @MainActor @Test func `a result that does not come holds no wait beyond its deadline and 5 s`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport([status("completed"), Play.wait(at: gate, hasBegun: true)])
        let clock = VirtualClock(mode: .automatic)
        let client = try makeClient(transport, clock: clock)
        let error = try await driving(clock) {
            try await failure { () throws(DecartError) in
                try await client.queue.poll(JobID("j"), timeout: .seconds(2))
            }
        }
        #expect(error.code == .timeout)
        #expect(error.data["job_id"] == "j")
        #expect(error.data["currentStatus"] == "completed")
        #expect(clock.now.milliseconds == 5000)
    }

    @Test func `a policy of one's own decides, and may give up`() async throws {
        let transport = ScriptedTransport([status("pending"), Play.reply(503), status("pending")])
        let clock = LeapingClock()
        let client = try makeClient(transport, clock: clock, maxRetries: 0)
        let questions = Mutex<[PollQuestion]>([])
        let policy = PollPolicy { question in
            questions.withLock { $0.append(question) }
            return question.attempt < 3 ? .seconds(question.attempt) : nil
        }
        let error = try await failure { () throws(DecartError) in
            try await client.queue.poll(JobID("j"), policy: policy)
        }
        #expect(error.code == .timeout)
        #expect(error.message.hasPrefix("the policy gave up after 3 polls"))
        #expect(clock.waits == [.seconds(1), .seconds(2)])
        let asked = questions.withLock { $0 }
        #expect(asked.map(\.attempt) == [1, 2, 3])
        #expect(asked.map(\.lastError?.status) == [nil, 503, nil])
        #expect(asked.map(\.status) == [.pending, .pending, .pending])
    }

    @Test func `a cancelled wait ends at once, with the id`() async throws {
        let clock = VirtualClock()
        let client = try makeClient(ScriptedTransport([status("pending")]), clock: clock)
        let task = Task { try await failure { () throws(DecartError) in try await client.queue.poll(JobID("j")) } }
        while clock.pendingWakes == 0 { await Task.yield() }
        task.cancel()
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.data["job_id"] == "j")
        #expect(error.data["currentStatus"] == "pending")
    }
}
