import DecartAPI
import NIOCore
import RunClock
import Synchronization
import Testing

@testable import DecartClient

/// Polls that begin without a Swift task.
struct DirectPollsTests {
    private static let ok = LoopbackServer.reply(200, #"{"status":"pending"}"#)

    /// What came of a poll, begun directly after one that was not; how it was begun; and how often the server was asked
    /// for it.
    private func poll(
        _ script: [[LoopbackServer.Action]], onNotice: (@Sendable (ClientNotice) -> Void)? = nil
    ) async throws -> (outcome: Result<JobReply, DecartError>, wentOn: Bool, requests: Int) {
        let server = try await LoopbackServer.start([Self.ok] + script)
        let result = try await withTransport { transport in
            let client = DecartClient(
                configuration: ClientConfiguration(
                    apiKey: try APIKey(secretKey), baseURL: try BaseURL(server.url), maxRetries: 1),
                transport: transport, clock: LeapingClock(), onNotice: onNotice)
            let job = try makeJob()
            let polls = DirectPolls(of: client)
            _ = try await client.queue.status(job)
            let begun = try #require(await Self.begin(polls, job, on: transport))
            switch begun {
            case .reply(let reply, _): return (Result<JobReply, DecartError>.success(reply), false)
            case .goesOn(let first):
                do throws(DecartError) {
                    return (.success(try await client.queue.status(job, after: first)), true)
                } catch {
                    return (.failure(error), true)
                }
            }
        }
        await server.stop()
        return (result.0, result.1, server.requests.count - 1)
    }

    /// - Returns: nil if it did not begin.
    private static func begin(
        _ polls: DirectPolls, _ job: JobID, on transport: HTTPTransport
    ) async -> DirectPolls.Outcome? {
        await withCheckedContinuation { continuation in
            transport.loop.execute {
                let exchange = polls.begin(job) { continuation.resume(returning: $0) }
                if exchange == nil { continuation.resume(returning: nil) }
            }
        }
    }

    @Test func `one that is answered is over with that`() async throws {
        let (outcome, wentOn, requests) = try await poll([
            LoopbackServer.reply(200, #"{"job_id":"job-1","status":"processing","progress":0.5}"#)
        ])
        let reply = try outcome.get()
        #expect(reply.status == .processing)
        #expect(reply.members["progress"] == 0.5)
        #expect(!wentOn)
        #expect(requests == 1)
    }

    @Test(arguments: [
        LoopbackServer.reply(503, "busy"), LoopbackServer.reply(429, "slowly"), [.send("garbage\r\n"), .close],
    ])
    func `one that may be asked again is, by the client's rules`(first: [LoopbackServer.Action]) async throws {
        let (outcome, wentOn, requests) = try await poll([first, Self.ok, Self.ok])
        #expect(try outcome.get().status == .pending)
        #expect(wentOn)
        #expect(requests == 2)
    }

    @Test func `the first request counts as one of its tries`() async throws {
        let busy = LoopbackServer.reply(503, "busy")
        let (outcome, _, requests) = try await poll([busy, busy, Self.ok])
        guard case .failure(let error) = outcome else { throw Unexpected.success }
        #expect(error.code == .queueStatusError)
        #expect(error.status == 503)
        #expect(requests == 2)
    }

    @Test func `a redirect is followed from there`() async throws {
        let (outcome, wentOn, requests) = try await poll([
            LoopbackServer.reply(307, "", "location: /elsewhere"),
            LoopbackServer.reply(200, #"{"status":"completed"}"#),
        ])
        #expect(try outcome.get().status == .completed)
        #expect(wentOn)
        #expect(requests == 2)
    }

    @Test(arguments: [
        (LoopbackServer.reply(404, "{}"), DecartErrorCode.notFound),
        (LoopbackServer.reply(401, "{}"), .queueStatusError), (LoopbackServer.reply(200, "{"), .queueStatusError),
        (LoopbackServer.reply(200, "{}", "content-encoding: br"), .queueStatusError),
        (LoopbackServer.reply(200, #"{"job_id":"other","status":"pending"}"#), .queueStatusError),
    ])
    func `what is an error is the same one`(reply: [LoopbackServer.Action], code: DecartErrorCode) async throws {
        let (outcome, _, requests) = try await poll([reply, Self.ok])
        guard case .failure(let error) = outcome else { throw Unexpected.success }
        #expect(error.code == code)
        #expect(error.data["job_id"] == "job-1")
        #expect(requests == 1)
    }

    @Test func `a status that nobody knows is told of`() async throws {
        let notices = Mutex<[ClientNotice]>([])
        let (outcome, _, requests) = try await poll([LoopbackServer.reply(200, #"{"status":"resting"}"#)]) { notice in
            notices.withLock { $0.append(notice) }
        }
        #expect(try outcome.get().status.rawValue == "resting")
        #expect(notices.withLock { $0.count } == 1)
        #expect(requests == 1)
    }

    @Test func `one that is cancelled ends`() async throws {
        let server = try await LoopbackServer.start([Self.ok, [.hang]])
        try await withTransport { transport in
            let client = try makeClient(transport, base: server.url)
            let job = try makeJob()
            let polls = DirectPolls(of: client)
            _ = try await client.queue.status(job)
            let begun = await withCheckedContinuation { continuation in
                transport.loop.execute {
                    polls.begin(job) { continuation.resume(returning: $0) }?.cancel()
                }
            }
            guard case .goesOn(let first) = begun else { throw Unexpected.success }
            let error = try await failure { () throws(DecartError) in
                _ = try await client.queue.status(job, after: first)
            }
            #expect(error.code == .cancelled)
        }
        #expect(server.requests.count <= 2)
        await server.stop()
    }

    @Test
    func `none begins before the server is known, off the loop, or where all connections are taken`() async throws {
        let server = try await LoopbackServer.start([Self.ok, [.hang], Self.ok])
        var configuration = HTTPTransport.Configuration()
        configuration.connectionLimit = 1
        try await withTransport(configuration) { transport in
            let client = try makeClient(transport, base: server.url)
            let job = try makeJob()
            let polls = DirectPolls(of: client)
            #expect(await Self.begin(polls, job, on: transport) == nil)
            _ = try await client.queue.status(job)
            #expect(polls.begin(job, { _ in Issue.record("it did not begin") }) == nil)
            let begun = await withCheckedContinuation { continuation in
                transport.loop.execute {
                    let first = polls.begin(job) { _ in }
                    let second = polls.begin(job) { _ in Issue.record("it did not begin") }
                    first?.cancel()
                    continuation.resume(returning: (first != nil, second != nil))
                }
            }
            #expect(begun == (true, false))
            // The slot is free again.
            #expect(try await client.queue.status(job).status == .pending)
        }
        await server.stop()
    }
}
