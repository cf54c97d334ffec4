import DecartAPI
import RunClock
import Synchronization
import Testing

@testable import DecartClient

struct ClientNoticeTests {
    private final class Heard: Sendable {
        private let list = Mutex<[ClientNotice]>([])
        var notices: [ClientNotice] { list.withLock { $0 } }
        func hear(_ notice: ClientNotice) { list.withLock { $0.append(notice) } }
    }

    private func client(_ steps: [ScriptedTransport.Step], _ heard: Heard, maxRetries: Int = 2) throws -> DecartClient {
        let configuration = ClientConfiguration(
            apiKey: try APIKey(secretKey), baseURL: try BaseURL("https://queue.test"), maxRetries: maxRetries)
        return DecartClient(
            configuration: configuration, transport: ScriptedTransport(steps), clock: LeapingClock(),
            onNotice: { heard.hear($0) })
    }

    @Test func `a status word that nobody knows is told once, however often it is seen`() async throws {
        let heard = Heard()
        let dreaming = Play.reply(200, #"{"job_id":"j","status":"dreaming"}"#)
        let client = try client(
            [
                dreaming, dreaming, Play.reply(200, #"{"job_id":"j","status":"asleep\u001b[2J"}"#), dreaming,
                Play.reply(200, #"{"job_id":"j","status":"completed"}"#), Play.reply(200, "clip"),
            ], heard)
        _ = try await client.queue.poll(makeJob("j"))
        #expect(
            try heard.notices == [
                .unknownStatus(JobStatus(rawValue: "dreaming"), job: makeJob("j")),
                .unknownStatus(JobStatus(rawValue: "asleep\u{1B}[2J"), job: makeJob("j")),
            ])
        #expect(heard.notices.allSatisfy { !$0.message.contains("\u{1B}") })
    }

    @Test func `a reply about another job is a failed status, and told once`() async throws {
        let heard = Heard()
        let other = Play.reply(200, #"{"job_id":"job_other","status":"failed"}"#)
        let client = try client(
            [
                other, other, Play.reply(200, #"{"status":"completed"}"#), Play.reply(200, "clip"),
            ], heard)
        let outcome = try await client.queue.poll(makeJob("job_mine"))
        guard case .completed(let job, _) = outcome else { throw Unexpected.noValue }
        #expect(job.id.text == "job_mine")
        #expect(try heard.notices == [.otherJob(named: "job_other", job: makeJob("job_mine"))])
    }

    @Test func `a long wait for Retry-After is told once, a short one not`() async throws {
        let heard = Heard()
        let client = try client(
            [
                Play.reply(429, headers: [("retry-after", "2")]), Play.reply(429, headers: [("retry-after", "3600")]),
                Play.reply(200, #"{"job_id":"j","status":"pending"}"#),
            ], heard)
        _ = try await client.queue.submit(sunset())
        #expect(heard.notices == [.longWait(.seconds(3600), purpose: #"to take a job for "lucy-pro-t2v""#)])
    }

    @Test func `many calls that are to wait at the same time are one notice`() {
        let heard = Heard()
        let notices = ClientNotices { heard.hear($0) }
        for _ in 0..<64 { notices.waits(.seconds(30), for: .token, at: .start) }
        notices.waits(.seconds(30), for: .token, at: .start + .seconds(30))
        #expect(heard.notices.count == 2)
    }

    @Test func `a server that invents words fills no memory`() throws {
        let heard = Heard()
        let notices = ClientNotices { heard.hear($0) }
        for number in 0..<5000 { notices.sawUnknown(JobStatus(rawValue: "\(number)"), of: try makeJob()) }
        #expect(heard.notices.count == 1000)
    }
}
