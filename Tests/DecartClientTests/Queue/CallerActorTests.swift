import DecartAPI
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DecartClient

/// An actor that runs on an event loop, as the script runtime does.
private actor LoopActor {
    private let loop: any EventLoop
    private let executor: LoopExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ loop: any EventLoop) {
        self.loop = loop
        executor = LoopExecutor(loop)
    }

    func submitAndLook(_ client: DecartClient) async throws {
        let submission = try sunset()
        let job = try await client.queue.submit(submission)
        #expect(loop.inEventLoop)
        _ = try await client.queue.status(job.id)
        #expect(loop.inEventLoop)
    }
}

/// Puts an actor on one event loop.
private final class LoopExecutor: SerialExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

struct CallerActorTests {
    @Test func `the transport is called on the caller's own thread, for a submit too`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let seen = Mutex<[Bool]>([])
        let look: @Sendable (String) -> ScriptedTransport.Step = { body in
            { (request) throws(TransportError) in
                seen.withLock { $0.append(loop.inEventLoop) }
                return TransportReply(status: 200, body: .bytes(Array(body.utf8)))
            }
        }
        let transport = ScriptedTransport([look(#"{"job_id":"j"}"#), look(#"{"status":"pending"}"#)])
        try await LoopActor(loop).submitAndLook(makeClient(transport))
        #expect(seen.withLock { $0 } == [true, true])
        try await group.shutdownGracefully()
    }
}
