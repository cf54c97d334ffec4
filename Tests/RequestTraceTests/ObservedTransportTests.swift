import DecartAPI
import RunClock
import Synchronization
import Testing

@testable import RequestTrace

@Suite struct ObservedTransportTests {
    /// Answers after a while of the clock's.
    private struct Answering: QueueTransport {
        let clock: VirtualClock
        let answer: @Sendable () throws(TransportError) -> TransportReply

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
            clock.advance(by: .milliseconds(3))
            request.onSending?()
            clock.advance(by: .milliseconds(20))
            return try answer()
        }
    }

    private final class Seen: ExchangeObserver {
        private let list = Mutex<[Exchange]>([])
        var exchanges: [Exchange] { list.withLock { $0 } }
        func observe(_ exchange: Exchange) { list.withLock { $0.append(exchange) } }
    }

    private let clock = VirtualClock()
    private let seen = Seen()

    private func transport(
        _ answer: @escaping @Sendable () throws(TransportError) -> TransportReply
    ) -> ObservedTransport {
        ObservedTransport(
            Answering(clock: clock, answer: answer), clock: clock, mask: SecretMask(), observers: [seen])
    }

    @Test func `a collected reply is told with its times, its sizes and its try`() async throws {
        let transport = transport { () throws(TransportError) in
            TransportReply(status: 200, headers: [("x-echo", "dct_secret")], body: .bytes([1, 2, 3]))
        }
        let asked = Mutex(0)
        var request = TransportRequest(
            .post, url: "http://host/path?sig=1", headers: [("x-api-key", "dct_secret")], body: .json(["a": 1]))
        request.retry = TransportRequest.Retry(number: 1, reason: "status 503")
        request.onSending = { asked.withLock { $0 += 1 } }
        let reply = try await transport.send(request)
        #expect(reply.header("x-echo") == "dct_secret")
        #expect(asked.withLock { $0 } == 1)
        let exchange = try #require(seen.exchanges.first)
        #expect(seen.exchanges.count == 1)
        #expect(exchange.url == "http://host/path?sig=***")
        #expect(exchange.headers.map(\.value) == ["***"])
        #expect(exchange.size == 7 && exchange.contentType == "application/json")
        #expect(exchange.attempt == 2 && exchange.retryReason == "status 503")
        #expect(exchange.untilSent == .milliseconds(3) && exchange.untilHead == .milliseconds(20))
        guard case .reply(let told) = exchange.outcome else { throw Unexpected() }
        #expect(told.size == 3 && told.cut == nil && told.headers.map(\.value) == ["***"])
    }

    @Test func `a failure is told and passed on`() async {
        let transport = transport { () throws(TransportError) in
            throw TransportError(.network, reach: .neverSent, reason: "connection refused")
        }
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(TransportRequest(.get, url: "http://host/"))
        }
        #expect(error?.reach == .neverSent)
        guard case .failed("connection refused")? = seen.exchanges.first?.outcome else {
            Issue.record("not told")
            return
        }
    }

    @Test func `a redirect whose body nobody reads is not told as cut off`() async throws {
        let transport = transport { () throws(TransportError) in
            TransportReply(
                status: 302, headers: [("location", "https://host/p?signature")],
                body: .stream(ByteStream { () async throws(TransportError) in [1, 2] }))
        }
        _ = try await transport.send(TransportRequest(.get, url: "http://host/", streamsReply: true))
        guard case .reply(let told)? = seen.exchanges.first?.outcome else { throw Unexpected() }
        #expect(told.status == 302 && told.cut == nil)
        #expect(told.headers.map(\.value) == ["https://host/p?***"])
    }

    @Test(arguments: [(3, nil, 6), (1, "nobody wanted the rest of it", 2)] as [(Int, String?, Int)])
    func `a stream is told at its end, or when its reader lets go of it`(
        reads: Int, cut: String?, size: Int
    ) async throws {
        let transport = transport { () throws(TransportError) in
            let chunks = Mutex<[[UInt8]]>([[1, 2], [3, 4, 5, 6]])
            return TransportReply(
                status: 206,
                body: .stream(
                    ByteStream { () async throws(TransportError) in
                        chunks.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                    }))
        }
        do {
            let reply = try await transport.send(TransportRequest(.get, url: "http://host/", streamsReply: true))
            guard case .stream(let stream) = reply.body else { throw Unexpected() }
            #expect(seen.exchanges.isEmpty)
            for _ in 0..<reads { _ = try await stream.next() }
        }
        guard case .reply(let told)? = seen.exchanges.first?.outcome else { throw Unexpected() }
        #expect(seen.exchanges.count == 1)
        #expect(told.size == size && told.cut == cut)
    }

    private struct Unexpected: Error {}
}
