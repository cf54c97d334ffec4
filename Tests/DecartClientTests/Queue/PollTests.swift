import DecartAPI
import Synchronization
import Testing

@testable import DecartClient

struct PollTests {
    private func status(_ status: String) -> ScriptedTransport.Step {
        Play.reply(200, #"{"job_id":"j","status":"\#(status)","error":"no GPU"}"#)
    }

    @Test func `submitAndPoll looks after 500 ms, then every 1500, and tells each change once`() async throws {
        let transport = ScriptedTransport([
            status("pending"), status("pending"), status("processing"), status("processing"), status("completed"),
            Play.reply(200, "clip"),
        ])
        let clock = LeapingClock()
        let told = Mutex<[String]>([])
        let outcome = try await makeClient(transport, clock: clock).queue.submitAndPoll(sunset()) { job in
            told.withLock { $0.append(job.status.rawValue) }
        }
        guard case .completed(let job, let blob) = outcome else { throw Unexpected.noValue }
        #expect(job.id.text == "j")
        #expect(blob.size == 4)
        #expect(told.withLock { $0 } == ["pending", "processing", "completed"])
        #expect(clock.waits == [.milliseconds(500)] + Array(repeating: .milliseconds(1500), count: 3))
    }

    @Test func `poll looks at once, and a failed job is a value with the server's reason`() async throws {
        let clock = LeapingClock()
        let outcome = try await makeClient(ScriptedTransport([status("failed")]), clock: clock).queue.poll(makeJob("j"))
        guard case .failed(_, let reason) = outcome else { throw Unexpected.noValue }
        #expect(reason == "no GPU")
        #expect(clock.waits.isEmpty)
    }

    @Test func `a failed look is a missed look`() async throws {
        let transport = ScriptedTransport([
            Play.reply(503), Play.fail(.network, .neverSent), Play.reply(429), Play.reply(200, "not JSON"),
            status("completed"), Play.reply(200, "clip"),
        ])
        let outcome = try await makeClient(transport, maxRetries: 0).queue.poll(makeJob("j"))
        guard case .completed = outcome else { throw Unexpected.noValue }
    }

    @Test(arguments: [(404, DecartErrorCode.notFound), (401, .queueStatusError), (422, .queueStatusError)])
    func `a refusal ends the wait, with the id`(refusal: Int, code: DecartErrorCode) async throws {
        let transport = ScriptedTransport([status("pending"), Play.reply(refusal)])
        let client = try makeClient(transport)
        let error = try await failure { () throws(DecartError) in try await client.queue.poll(JobID("j")) }
        #expect(error.code == code)
        #expect(error.data["job_id"] == "j")
    }

    @Test func `before giving up there is one last look`() async throws {
        let schedule = PollSchedule(first: .milliseconds(500), interval: .milliseconds(1500), timeout: .seconds(2))
        let clock = LeapingClock()
        let transport = ScriptedTransport([status("pending"), status("pending"), status("processing")])
        let client = try makeClient(transport, clock: clock)
        let error = try await failure { () throws(DecartError) in
            try await client.queue.poll(JobID("j"), schedule: schedule)
        }
        #expect(error.code == .timeout)
        #expect(error.data["job_id"] == "j")
        #expect(error.data["currentStatus"] == "processing")
        #expect(clock.waits == [.milliseconds(1500), .milliseconds(500)])
        let lucky = ScriptedTransport([status("pending"), status("pending"), status("completed"), Play.reply(200)])
        guard case .completed = try await makeClient(lucky).queue.poll(JobID("j"), schedule: schedule) else {
            throw Unexpected.noValue
        }
    }
}
