import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import RunClock
import Testing

@testable import LocalQueue

/// Whatever a client sends, the queue goes on. Each test has a process of its own: if that ends, the test fails.
@Suite(.timeLimit(.minutes(10)))
struct DamagedRequestTests {
    @Test func `a hundred thousand damaged requests neither end the queue nor fill its memory`() async {
        await #expect(processExitsWith: .success) { try await DamagedRequestTests.answer(100_000) }
    }

    @Test func `thousands of damaged requests on real connections leave the server serving`() async {
        await #expect(processExitsWith: .success) { try await DamagedRequestTests.serve(3000) }
    }

    /// A body that breaks off where its request did.
    private struct BrokenOffError: Error {}

    private static func body(of request: RequestDecoder.Decoded) -> RequestBody {
        let (parts, sink) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        for part in request.body { sink.yield(part) }
        sink.finish(throwing: request.isWhole ? nil : BrokenOffError())
        return RequestBody(asyncSequence: parts)
    }

    private static func answer(_ count: Int) async throws {
        let clock = VirtualClock(mode: .manual)
        let settings = QueueSettings(pending: .zero, processing: .zero, expireAfter: .zero, seed: 1)
        let queue = try JobQueue(
            settings: settings, database: nil, clips: .builtIn, clock: clock, logger: Logger(label: "test"))
        let api = QueueAPI(queue: queue, settings: settings, key: nil, latency: .zero, clock: clock)
        let responder = QueueResponder(
            api: api, limits: FormLimits(total: 1 << 20), cors: try CORSPolicy(["http://a"]))
        let channel = NIOAsyncTestingChannel()
        let context = QueueResponder.Context(
            source: ApplicationRequestContextSource(channel: channel, logger: Logger(label: "test")))
        var mutator = RequestMutator(seed: 1)
        var statuses: [Int: Int] = [:]
        var warm = 0
        for number in 0..<count {
            let bytes = mutator.next()
            for request in try RequestDecoder.decode(mutator.chunks(of: bytes)) {
                let reply = try await responder.respond(
                    to: Request(head: request.head, body: body(of: request)), context: context)
                statuses[reply.status.code, default: 0] += 1
            }
            // Jobs expire, and their files go with them.
            clock.advance(by: .milliseconds(10))
            if number == count / 5 { warm = try Memory.resident() }
        }
        let growth = try Memory.resident() - warm
        #expect(growth < 32 << 20)
        // The damage is of every kind: something of it is answered in each of these ways.
        #expect([200, 204, 400, 404, 405, 415, 422].allSatisfy { statuses[$0] != nil }, "\(statuses)")
        #expect(statuses.keys.allSatisfy { $0 < 500 }, "\(statuses)")
    }

    private static func serve(_ count: Int) async throws {
        let configuration = LocalQueueServer.Configuration(
            settings: QueueSettings(pending: .zero, processing: .zero, expireAfter: .zero), clips: .builtIn,
            uploadLimit: 1 << 20)
        try await RunningServer.with(configuration, clock: SystemClock()) { server in
            var mutator = RequestMutator(seed: 2)
            for _ in 0..<(count / 3) {
                let bytes = mutator.next() + mutator.next() + mutator.next()
                _ = try? await RawConnection.with(server) { connection in
                    // The server may have closed the connection by now.
                    try? await connection.send(bytes)
                    connection.finish()
                    return await connection.readToEnd()
                }
            }
            let reply = try await server.send("GET", "/v1/jobs/x")
            #expect(reply.status == 404)
        }
    }
}
