import DecartAPI
import DecartClient
import LocalQueue
import RunClock
import TestSupport
import Testing

/// The client's every call against the local queue, over sockets and within the process.
@Suite(.timeLimit(.minutes(5)))
struct LocalQueueConformanceTests {
    enum Way: CaseIterable { case sockets, process }

    /// Runs `body` with a client of a queue that works off its jobs at once.
    private func withClient(
        _ way: Way, cutAfter: Int? = nil, _ body: @escaping @Sendable (DecartClient) async throws -> Void
    ) async throws {
        let settings = QueueSettings(pending: .zero, processing: .zero, seed: 1, cutAfter: cutAfter)
        switch way {
        case .process:
            let clock = SystemClock()
            let queue = try InProcessQueue(settings: settings, clock: clock)
            let configuration = ClientConfiguration(apiKey: nil, baseURL: try BaseURL("http://local"))
            try await body(DecartClient(configuration: configuration, transport: queue, clock: clock))
        case .sockets:
            let configuration = LocalQueueServer.Configuration(settings: settings, clips: .builtIn, apiKey: "dct_key")
            try await RunningService<Int>.with { logger, ready in
                LocalQueueServer(configuration: configuration, logger: logger, onReady: ready)
            } during: { port in
                let base = try BaseURL("http://127.0.0.1:\(port)")
                let transport = HTTPTransport()
                let configuration = ClientConfiguration(apiKey: try APIKey("dct_key"), baseURL: base)
                let client = DecartClient(configuration: configuration, transport: transport)
                let outcome = await Result.of { try await body(client) }
                await transport.shutdown()
                try outcome.get()
            }
        }
    }

    private static func sunset(_ name: String, _ kind: ModelDefinition.Kind) throws -> Submission {
        let inputs = ["prompt": InputValue.bytes(Array("A beautiful sunset".utf8))]
        return Submission(model: try ModelCatalog.find(name: name, kind: kind), inputs: inputs)
    }

    @Test(arguments: Way.allCases)
    func `a result that is cut again and again comes whole`(way: Way) async throws {
        try await withClient(way, cutAfter: 1500) { client in
            let job = try await client.queue.submit(Self.sunset("lucy-pro-t2v", .video))
            let blob = try await client.queue.result(job.id)
            let bytes = try await blob.bytes()
            #expect(bytes.count > 5000)
            #expect(bytes[4..<8].elementsEqual("ftyp".utf8))
        }
    }

    @Test(arguments: Way.allCases)
    func `pictures, files, tokens and names`(way: Way) async throws {
        try await withClient(way) { client in
            let picture = try await client.process(Self.sunset("lucy-pro-t2i", .image))
            #expect(picture.type == "image/png")
            let stored = try await client.files.upload(.blob(picture), ttlSeconds: 60)
            #expect(stored.members["size_bytes"] == .integer(Int64(picture.size)))
            #expect(stored.members["filename"] == "file.png")
            #expect(try await client.files.get(stored.id) == stored)
            try await client.files.delete(stored.id)
            let error = await #expect(throws: DecartError.self) { try await client.files.get(stored.id) }
            #expect(error?.code == .filesGetError)
            let token = try await client.tokens.create(["expiresIn": 60, "allowedModels": ["lucy-2.1"]])
            #expect(token.apiKey.hasPrefix("ek_"))
            #expect(try await client.models.resolve("lucy-latest") == "lucy-2.6")
            let unknown = await #expect(throws: DecartError.self) { try await client.models.resolve("nobody") }
            #expect(unknown?.code == .modelNotFound)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate static func of(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
