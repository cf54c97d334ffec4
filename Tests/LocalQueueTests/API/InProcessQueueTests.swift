import DecartAPI
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

struct InProcessQueueTests {
    private let clock = VirtualClock()

    private func submit(_ queue: InProcessQueue, _ parts: [MultipartForm.Part]? = nil, model: String = "lucy-pro-t2v")
        async throws -> TransportReply
    {
        let usual = [MultipartForm.Part(name: "prompt", content: .text(Array("A beautiful sunset".utf8)))]
        return try await queue.send(
            TransportRequest(
                .post, url: "http://local/v1/jobs/\(model)", body: .form(MultipartForm(parts: parts ?? usual))))
    }

    private func json(_ reply: TransportReply) throws -> JSONValue {
        guard case .bytes(let bytes) = reply.body else { return .null }
        return try JSONValue(parsing: bytes)
    }

    private func get(_ queue: InProcessQueue, _ path: String, streams: Bool = false) async throws -> TransportReply {
        try await queue.send(TransportRequest(.get, url: "http://local\(path)", streamsReply: streams))
    }

    @Test func `a job runs its course without a socket`() async throws {
        let queue = try InProcessQueue(settings: QueueSettings(seed: 1), clock: clock)
        let id = try #require(try json(try await submit(queue))["job_id"]?.text)
        var seen: [String?] = []
        for _ in 0..<4 {
            seen.append(try json(try await get(queue, "/v1/jobs/\(id)"))["status"]?.text)
            clock.advance(by: .seconds(2))
        }
        #expect(seen == ["pending", "processing", "processing", "completed"])
    }

    @Test func `content comes whole or as a stream of the same bytes`() async throws {
        let queue = try InProcessQueue(settings: QueueSettings(seed: 1), clock: clock)
        let id = try #require(try json(try await submit(queue))["job_id"]?.text)
        clock.advance(by: .seconds(10))
        let whole = try await get(queue, "/v1/jobs/\(id)/content")
        #expect(whole.header("content-type") == "video/mp4")
        guard case .bytes(let bytes) = whole.body else { throw DecartError(.queueResultError, "no bytes") }
        #expect(whole.header("content-length") == "\(bytes.count)")
        let streamed = try await get(queue, "/v1/jobs/\(id)/content", streams: true)
        guard case .stream(let stream) = streamed.body else { throw DecartError(.queueResultError, "no stream") }
        var collected: [UInt8] = []
        while let chunk = try await stream.next() { collected += chunk }
        #expect(collected == bytes)
    }

    @Test func `a request has begun to leave when the queue takes it`() async throws {
        let queue = try InProcessQueue(clock: clock)
        let (events, sent) = AsyncStream<Void>.makeStream()
        _ = try await queue.send(TransportRequest(.get, url: "http://local/v1/jobs/x", onSending: { sent.yield() }))
        sent.finish()
        #expect(await events.reduce(0) { count, _ in count + 1 } == 1)
    }

    @Test func `a body is cut where the settings say, and the rest can be had`() async throws {
        let settings = QueueSettings(seed: 1, cutAfter: 1000)
        let queue = try InProcessQueue(settings: settings, clock: clock)
        let id = try #require(try json(try await submit(queue))["job_id"]?.text)
        clock.advance(by: .seconds(10))
        var request = TransportRequest(
            .get, url: "http://local/v1/jobs/\(id)/content", headers: [("range", "bytes=500-")], streamsReply: true)
        guard case .stream(let stream) = try await queue.send(request).body else {
            throw DecartError(.queueResultError, "no stream")
        }
        #expect(try await stream.next()?.count == 1000)
        await #expect(throws: TransportError.self) { try await stream.next() }
        request.headers = [("range", "bytes=500-1499")]
        guard case .stream(let rest) = try await queue.send(request).body else {
            throw DecartError(.queueResultError, "no stream")
        }
        #expect(try await rest.next()?.count == 1000)
        #expect(try await rest.next() == nil)
    }

    @Test func `one seed gives the same run, byte for byte`() async throws {
        func run() async throws -> [UInt8] {
            let clock = VirtualClock()
            let queue = try InProcessQueue(settings: QueueSettings(failRate: 0.5, seed: 3), clock: clock)
            var bytes: [UInt8] = []
            for _ in 0..<6 {
                let id = try #require(try json(try await submit(queue))["job_id"]?.text)
                clock.advance(by: .seconds(20))
                for path in ["/v1/jobs/\(id)", "/v1/jobs/\(id)/content"] {
                    if case .bytes(let body) = try await get(queue, path).body { bytes += body }
                }
            }
            return bytes
        }
        #expect(try await run() == run())
    }

    @Test func `files are copied from disk, and refused as the wire would refuse them`() async throws {
        let scratch = try ScratchFolder()
        let queue = try InProcessQueue(clock: clock)
        let path = try scratch.write("a.mp4", bytes: Array(repeating: 7, count: 300_000))
        func parts(size: Int, path: String) -> [MultipartForm.Part] {
            let file = MultipartForm.File(
                fileName: "a.mp4", contentType: "video/mp4", source: .path(BytePath(path), size: size))
            return [.init(name: "prompt", content: .text([65])), .init(name: "data", content: .file(file))]
        }
        #expect(try await submit(queue, parts(size: 300_000, path: path), model: "lucy-clip").status == 200)
        for bad in [parts(size: 300_001, path: path), parts(size: 5, path: path + ".none")] {
            let failure = await #expect(throws: TransportError.self) {
                try await submit(queue, bad, model: "lucy-clip")
            }
            #expect(failure?.kind == .body)
        }
    }

    @Test func `latency passes on the clock, and cancelling ends it`() async throws {
        let queue = try InProcessQueue(latency: .seconds(5), clock: clock)
        let slow = Task { try await get(queue, "/v1/jobs/none").status }
        while clock.pendingWakes == 0 { await Task.yield() }
        clock.advance(by: .seconds(5))
        #expect(try await slow.value == 404)
        let cancelled = Task { try await get(queue, "/v1/jobs/none").status }
        while clock.pendingWakes == 0 { await Task.yield() }
        cancelled.cancel()
        let failure = await #expect(throws: TransportError.self) { try await cancelled.value }
        #expect(failure?.kind == .cancelled)
    }

    /// What else there is to do for a caller that is busy with a call.
    private actor Caller {
        private var turns = 0

        private func takeTurn() { turns += 1 }

        /// How often somebody else had a turn on this actor while the call was under way.
        func turnsDuring(_ call: () async throws -> Void) async rethrows -> Int {
            Task { self.takeTurn() }
            try await call()
            return turns
        }
    }

    @Test func `a call never leaves its caller's executor, so that no virtual time can pass in it`() async throws {
        let queue = try InProcessQueue(clock: clock)
        for _ in 0..<100 {
            let turns = try await Caller().turnsDuring {
                _ = try await queue.send(
                    TransportRequest(
                        .post, url: "http://local/v1/jobs/lucy-pro-t2v",
                        body: .form(MultipartForm(parts: [.init(name: "prompt", content: .text([65]))]))))
                _ = try await queue.send(TransportRequest(.get, url: "http://local/v1/jobs/none"))
            }
            #expect(turns == 0)
        }
    }
}
