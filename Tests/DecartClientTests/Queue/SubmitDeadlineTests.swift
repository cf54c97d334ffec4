import DecartAPI
import RunClock
import Testing

@testable import DecartClient

/// A timeout covers the submit too; on virtual time, whose end the tests check.
@MainActor
struct SubmitDeadlineTests {
    private let clock = VirtualClock()

    private func submitAndPoll(_ steps: [ScriptedTransport.Step]) async throws -> (ScriptedTransport, DecartError) {
        let transport = ScriptedTransport(steps)
        let client = try makeClient(transport, clock: clock)
        let submission = try sunset()
        let error = try await driving(clock) {
            try await failure { () throws(DecartError) in
                try await client.queue.submitAndPoll(submission, timeout: .seconds(2))
            }
        }
        #expect(clock.pendingWakes == 0)
        return (transport, error)
    }

    @Test func `a deadline before anything was sent is TIMEOUT, and there is no job`() async throws {
        let (_, error) = try await submitAndPoll([Play.wait(at: Gate(), hasBegun: false)])
        #expect(error.code == .timeout)
        #expect(error.message.contains("No job was submitted"))
        #expect(error.data["job_id"] == nil)
        #expect(clock.now.milliseconds == 2000)
    }

    @Test func `a submit that is being sent gets 5 s more for its reply, and its job one poll`() async throws {
        let gate = Gate()
        clock.wake(at: .start + .seconds(6)) { gate.open() }
        let (transport, error) = try await submitAndPoll([
            Play.wait(at: gate, hasBegun: true, then: 200, #"{"job_id":"late","status":"pending"}"#),
            Play.reply(200, #"{"job_id":"late","status":"processing"}"#),
        ])
        #expect(error.code == .timeout)
        #expect(error.data["job_id"] == "late")
        #expect(error.data["currentStatus"] == "processing")
        #expect(transport.requests.count == 2)
        #expect(clock.now.milliseconds == 6000)
    }

    @Test func `without a reply it is unknown, and says how long was waited`() async throws {
        let (transport, error) = try await submitAndPoll([Play.wait(at: Gate(), hasBegun: true)])
        #expect(error.code == .submitUnknown)
        #expect(error.message.contains("no reply came in the 5 s that it was given"))
        #expect(transport.posts == 1)
        #expect(clock.now.milliseconds == 7000)
    }

    @Test func `a Retry-After beyond the deadline ends at once and says so`() async throws {
        let (transport, error) = try await submitAndPoll([Play.reply(429, headers: [("retry-after", "86400")])])
        #expect(error.code == .timeout)
        #expect(error.status == 429)
        #expect(error.retryAfter == .seconds(86_400))
        #expect(error.message.contains("no sooner than in 86400 s, but only 2000 ms of its time are left"))
        #expect(error.message.contains("No job was submitted"))
        #expect(transport.posts == 1)
        #expect(clock.now == .start)
    }

    @Test func `a Retry-After within the deadline is waited for, and counts`() async throws {
        let (transport, error) = try await submitAndPoll([
            Play.reply(429, headers: [("retry-after", "1")]), Play.reply(429, headers: [("retry-after", "2")]),
        ])
        #expect(error.code == .timeout)
        #expect(error.message.contains("no sooner than in 2 s, but only 1000 ms of its time are left"))
        #expect(transport.posts == 2)
        #expect(clock.now.milliseconds == 1000)
    }

    @Test func `an input that is fetched meanwhile is part of it`() async throws {
        let transport = ScriptedTransport([Play.wait(at: Gate(), hasBegun: true)])
        let client = try makeClient(transport, clock: clock)
        let submission = Submission(
            model: ModelDefinition(name: "mine", kind: .video, jobsPath: "/v1/jobs/mine"),
            inputs: ["data": .file(.url("https://files.test/a.mp4"))])
        let error = try await driving(clock) {
            try await failure { () throws(DecartError) in
                try await client.queue.submitAndPoll(submission, timeout: .seconds(2))
            }
        }
        #expect(error.code == .timeout)
        #expect(error.message.contains("No job was submitted"))
        #expect(transport.posts == 0)
        #expect(clock.now.milliseconds == 2000)
    }
}
