import DecartAPI
import NIOCore
import NIOPosix
import SandboxLink
import Synchronization
import Testing

@testable import SandboxKeeper

/// Polls that the keeper makes without a task.
@Suite(.timeLimit(.minutes(5)))
struct KeeperPollTests {
    /// A direct way with a server behind it that answers at once, or never.
    final class Way: DirectWay {
        struct Asked {
            var base = ""
            var headers: [String] = []
            var rests: [String] = []
        }

        let asked = Mutex(Asked())
        private let answer: @Sendable (String) -> Result<TransportReply, TransportError>?

        /// - Parameter answer: nil: never.
        init(_ answer: @escaping @Sendable (String) -> Result<TransportReply, TransportError>?) {
            self.answer = answer
        }

        func isAsked(_ base: String, _ headers: [(name: String, value: String)]) {
            asked.withLock { asked in
                asked.base = base
                asked.headers = headers.map { "\($0.name): \($0.value)" }
            }
        }

        func get(
            _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
        ) -> (any DirectExchange)? {
            guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
            asked.withLock { $0.rests.append(rest) }
            let exchange = Exchange(loop, done)
            if let result = answer(rest) { exchange.end(result) }
            return exchange
        }
    }

    /// `@unchecked Sendable`: the closure is kept and called on the loop.
    private final class Exchange: DirectExchange, @unchecked Sendable {
        private let loop: any EventLoop
        private let done: (Result<TransportReply, TransportError>) -> Void

        init(_ loop: any EventLoop, _ done: @escaping (Result<TransportReply, TransportError>) -> Void) {
            self.loop = loop
            self.done = done
        }

        func end(_ result: Result<TransportReply, TransportError>) { loop.execute { self.done(result) } }
        func cancel() { end(.failure(TransportError(.cancelled, reach: .maybeSent, reason: "cancelled"))) }
    }

    private static func reply(_ status: Int, _ json: JSONValue) -> Result<TransportReply, TransportError> {
        .success(TransportReply(status: status, headers: [("x-a", "b")], body: .bytes(json.serialized())))
    }

    private static func poll(headers: [LinkedRequest.Header] = [.init(name: "accept-encoding", value: "identity")])
        -> [UInt8]
    {
        LinkedRequest(method: .get, url: "http://queue.test/v1/jobs/job_1", headers: headers).payload
    }

    /// Runs `body` once there is a job, `job_1`.
    private func withJob(
        _ way: Way, _ body: (KeeperSessionTests.Intruder, KeeperSessionTests.Server) async throws -> Void
    ) async throws {
        let session = KeeperSessionTests()
        try await session.with(KeeperSessionTests.Server(way: way)) { intruder, server, _ in
            intruder.send(Frame(.submit, 1, session.submit("/v1/jobs/lucy-2.5")).bytes + Frame(.bodyEnd, 1).bytes)
            #expect(await intruder.frame()?.kind == .outcome)
            try await body(intruder, server)
        }
    }

    @Test func `one of the run's own jobs is asked for with the key, and the reply comes without it`() async throws {
        let way = Way { _ in
            Self.reply(200, ["job_id": "job_1", "status": "processing", "echo": .string(KeeperSessionTests.key)])
        }
        try await withJob(way) { intruder, server in
            for number: UInt32 in 2...4 {
                intruder.send(Frame(.request, number, Self.poll()).bytes)
                let frame = try #require(await intruder.frame())
                #expect(frame.kind == .head && frame.number == number)
                let head = try LinkedHead(frame.payload)
                #expect(head.status == 200)
                #expect(head.headers == [.init(name: "x-a", value: "b")])
                let body = String(decoding: try #require(head.body), as: UTF8.self)
                #expect(body.contains("processing") && !body.contains(KeeperSessionTests.key))
            }
            #expect(server.requests.count == 1)
            let asked = way.asked.withLock { $0 }
            #expect(asked.base == "http://queue.test/v1/jobs/")
            #expect(asked.headers.dropFirst() == ["accept-encoding: identity", "x-api-key: \(KeeperSessionTests.key)"])
            #expect(asked.rests == ["job_1", "job_1", "job_1"])
        }
    }

    @Test func `what is no plain success is passed on, and not asked for again`() async throws {
        let replies = [Self.reply(404, ["detail": "gone"]), Self.reply(503, [:]), Self.reply(200, ["status": 1])]
        for reply in replies {
            try await withJob(Way { _ in reply }) { intruder, server in
                intruder.send(Frame(.request, 2, Self.poll()).bytes)
                let frame = try #require(await intruder.frame())
                #expect(try LinkedHead(frame.payload).status == (try reply.get().status))
                #expect(server.requests.count == 1)
            }
        }
        let failure = TransportError(.network, reach: .maybeSent, reason: "cut off")
        try await withJob(Way { _ in .failure(failure) }) { intruder, server in
            intruder.send(Frame(.request, 2, Self.poll()).bytes)
            let frame = try #require(await intruder.frame())
            #expect(frame.kind == .failure)
            #expect(try LinkedFailure(frame.payload).failure.reason == "cut off")
            #expect(server.requests.count == 1)
        }
    }

    @Test func `what a poll does not have goes the usual way`() async throws {
        let way = Way { _ in Self.reply(200, ["status": "pending"]) }
        let others: [[LinkedRequest.Header]] = [
            [], [.init(name: "range", value: "bytes=0-1")],
            [.init(name: "accept-encoding", value: "identity"), .init(name: "range", value: "bytes=0-1")],
            [.init(name: "accept-encoding", value: "gzip")],
        ]
        try await withJob(way) { intruder, server in
            for (index, headers) in others.enumerated() {
                intruder.send(Frame(.request, UInt32(index + 2), Self.poll(headers: headers)).bytes)
                #expect(await intruder.frame()?.kind == .head)
                #expect(server.requests.count == index + 2)
            }
            #expect(way.asked.withLock { $0.rests } == [])
        }
    }

    @Test func `one that is under way takes no body and can be cancelled`() async throws {
        try await withJob(Way { _ in nil }) { intruder, server in
            intruder.send(
                Frame(.request, 2, Self.poll()).bytes + Frame(.body, 2, [1, 2, 3]).bytes + Frame(.bodyEnd, 2).bytes
                    + Frame(.cancel, 2).bytes)
            let frame = try #require(await intruder.frame())
            #expect(frame.kind == .failure && frame.number == 2)
            #expect(try LinkedFailure(frame.payload).failure.kind == .cancelled)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a script process that goes away leaves none behind`() async throws {
        let way = Way { _ in nil }
        try await withJob(way) { intruder, server in
            intruder.send(Frame(.request, 2, Self.poll()).bytes + Frame(.request, 3, Self.poll(headers: [])).bytes)
            // The keeper has taken the one before this one as well.
            #expect(await intruder.frame()?.number == 3)
            #expect(way.asked.withLock { $0.rests } == ["job_1"])
            #expect(server.requests.count == 2)
        }
    }
}
