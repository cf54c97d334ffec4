import DecartAPI
import Foundation
import NIOCore
import NIOPosix
import RunClock
import SandboxLink
import Testing

@testable import SandboxedScript

/// Polls of a script process that it makes without a task.
@Suite(.timeLimit(.minutes(5)))
struct LinkWayTests {
    /// The keeper's end of a link.
    private final class Keeper {
        private let descriptor: Int32
        private var decoder = FrameDecoder(.toKeeper)

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        func next() throws -> Frame {
            while true {
                if let frame = try decoder.next() { return frame }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = read(descriptor, &buffer, buffer.count)
                try #require(count > 0)
                decoder.add(buffer[..<count])
            }
        }

        func send(_ frames: Frame...) {
            let bytes = frames.flatMap(\.bytes)
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        }
    }

    /// What came of one request, to which the keeper answers so.
    private func poll(
        cancels: Bool = false, _ answer: @escaping @Sendable (Keeper, LinkedRequest, UInt32) throws -> Void
    ) async throws -> Result<TransportReply, TransportError> {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        // The link's thread stays until the process ends: nothing may end that one.
        let connection = LinkConnection(descriptor: ends[0]) { while true { pause() } }
        connection.start()
        let transport = LinkTransport(connection, clock: SystemClock(), loop: loop)
        let way = try #require(
            transport.directWay(
                to: "http://queue.test/v1/jobs/", headers: [("accept-encoding", "identity")],
                idleTimeout: .seconds(60)))
        #expect(way.get("job_1") { _ in Issue.record("this is not the loop") } == nil)
        async let result = withCheckedContinuation { continuation in
            loop.execute {
                let exchange = way.get("job_1") { continuation.resume(returning: $0) }
                if cancels { exchange?.cancel() }
            }
        }
        let end = ends[1]
        // On a thread of its own, since it blocks.
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let keeper = Keeper(end)
                        let frame = try keeper.next()
                        try answer(keeper, try LinkedRequest(frame.payload), frame.number)
                    })
            }
        }
        defer { close(end) }
        return await result
    }

    @Test func `a request goes over the link as it would otherwise, and its reply comes back`() async throws {
        let result = try await poll { keeper, request, number in
            #expect(
                request
                    == LinkedRequest(
                        method: .get, url: "http://queue.test/v1/jobs/job_1",
                        headers: [.init(name: "accept-encoding", value: "identity")]))
            var head = LinkedHead(status: 200, headers: [.init(name: "x-a", value: "b")], isDecoded: true)
            head.body = Array("{}".utf8)
            keeper.send(Frame(.head, number, head.payload))
        }
        let reply = try result.get()
        #expect(reply.status == 200)
        #expect(reply.header("x-a") == "b")
        #expect(reply.isDecoded)
        guard case .bytes(let body) = reply.body else {
            Issue.record("\(reply.body)")
            return
        }
        #expect(body == Array("{}".utf8))
    }

    @Test func `a long reply is put together`() async throws {
        let result = try await poll { keeper, _, number in
            keeper.send(
                Frame(.head, number, LinkedHead(status: 200, headers: [], isDecoded: false).payload),
                Frame(.chunk, number, Array("ab".utf8)), Frame(.chunk, number, Array("c".utf8)), Frame(.end, number))
        }
        guard case .bytes(let body) = try result.get().body else {
            Issue.record("no bytes")
            return
        }
        #expect(body == Array("abc".utf8))
    }

    @Test func `a failure is the keeper's`() async throws {
        let result = try await poll { keeper, _, number in
            let failure = TransportError(.timeout, reach: .maybeSent, reason: "silence")
            keeper.send(Frame(.failure, number, LinkedFailure(failure).payload))
        }
        guard case .failure(let failure) = result else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .timeout && failure.reason == "silence")
    }

    @Test func `the keeper is told of a cancellation, and its answer is waited for`() async throws {
        let result = try await poll(cancels: true) { keeper, _, number in
            let frame = try keeper.next()
            #expect(frame.kind == .cancel && frame.number == number)
            let failure = TransportError(.cancelled, reach: .neverSent, reason: "cancelled")
            keeper.send(Frame(.failure, number, LinkedFailure(failure).payload))
        }
        guard case .failure(let failure) = result else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .cancelled)
    }
}
