import DecartAPI
import NIOCore
import Synchronization
import Testing

/// Polls of scripts whose transport has a direct way.
struct DirectPollTests {
    /// Answers polls one status after the other, and all else with a few bytes.
    private final class Queue: QueueTransport, DirectWay {
        private let loop: any EventLoop
        private let left: Mutex<[String]>
        private let asked: Asked

        init(_ statuses: [String], on loop: any EventLoop, _ asked: Asked) {
            left = Mutex(statuses)
            self.loop = loop
            self.asked = asked
        }

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
            asked.add(request.url)
            return TransportReply(status: 200, body: .bytes(Array("clip".utf8)))
        }

        func directWay(
            to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
        ) -> (any DirectWay)? { self }

        func get(
            _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
        ) -> (any DirectExchange)? {
            asked.add(rest)
            let json: JSONValue = ["job_id": .string(rest), "status": .string(left.withLock { $0.removeFirst() })]
            return Exchange(TransportReply(status: 200, body: .bytes(json.serialized())), on: loop, done)
        }
    }

    private final class Asked: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    /// `@unchecked Sendable`: the closure is made and called on the loop.
    private final class Exchange: DirectExchange, @unchecked Sendable {
        private let done: (Result<TransportReply, TransportError>) -> Void

        init(
            _ reply: TransportReply, on loop: any EventLoop,
            _ done: @escaping (Result<TransportReply, TransportError>) -> Void
        ) {
            self.done = done
            loop.execute { self.done(.success(reply)) }
        }

        func cancel() {}
    }

    @Test
    func `a script's polls, and those of a wait, take no task`() async throws {
        let asked = Asked()
        var run = ModuleRun()
        run.transport = { Queue(["pending", "processing", "processing", "completed"], on: $0, asked) }
        let outcome = try await run.run(
            """
            local client = decart.createDecartClient({ apiKey = "k", baseUrl = "http://queue.test" })
            record(client.queue.status("job_1").status)
            record(client.queue.status("job_1").status)
            record(client.queue.poll("job_2").data:text())
            """)
        #expect(outcome.errors == [])
        #expect(outcome.records == ["pending", "processing", "clip"])
        #expect(asked.all == ["job_1", "job_1", "job_2", "job_2", "http://queue.test/v1/jobs/job_2/content"])
    }
}
