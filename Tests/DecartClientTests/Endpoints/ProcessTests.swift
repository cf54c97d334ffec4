import DecartAPI
import Testing

@testable import DecartClient

struct ProcessTests {
    private func picture(_ model: String = "lucy-pro-t2i", _ kind: ModelDefinition.Kind = .image) throws -> Submission {
        let model = try ModelCatalog.find(name: model, kind: kind)
        return Submission(model: model, inputs: ["prompt": .bytes(Array("A beautiful sunset".utf8))])
    }

    private func process(_ steps: [ScriptedTransport.Step]) async throws -> (ScriptedTransport, DecartError) {
        let transport = ScriptedTransport(steps)
        let (client, submission) = (try makeClient(transport), try picture())
        return (transport, try await failure { () throws(DecartError) in try await client.process(submission) })
    }

    @Test func `a picture is one POST on a fresh connection, and its bytes are a Blob`() async throws {
        let transport = ScriptedTransport([
            Play.stream(200, ["PN", "G"], headers: [("content-type", "image/png"), ("content-length", "3")])
        ])
        let blob = try await makeClient(transport).process(picture())
        #expect(try await blob.bytes() == Array("PNG".utf8))
        #expect(blob.type == "image/png")
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://queue.test/v1/generate/lucy-pro-t2i")
        #expect(request.needsFreshConnection)
        guard case .form(let form) = request.body else { throw Unexpected.noValue }
        #expect(form.parts.map(\.name) == ["prompt", "resolution"])
    }

    @Test(arguments: [408, 500, 503])
    func `a server error leaves the picture in doubt and nothing is sent again`(status: Int) async throws {
        let (transport, error) = try await process([Play.reply(status, #"{"detail":"oops"}"#)])
        #expect(error.code == .processingError)
        #expect(error.status == status)
        #expect(error.message.contains("may have been made and billed"))
        #expect(!error.retryable)
        #expect(transport.posts == 1)
    }

    @Test(arguments: [TransportError.Kind.network, .timeout])
    func `a connection lost after the body began is in doubt too`(kind: TransportError.Kind) async throws {
        let (transport, error) = try await process([Play.fail(kind, .maybeSent)])
        #expect(error.code == .processingError)
        #expect(!error.retryable)
        #expect(transport.posts == 1)
    }

    @Test(arguments: [[], [("content-length", "9")]])
    func `a body that breaks off or is short is not asked for again`(headers: [(name: String, value: String)])
        async throws
    {
        let breaks = headers.isEmpty
        let (transport, error) = try await process([Play.stream(200, ["PNG"], headers: headers, breaks: breaks)])
        #expect(error.code == .processingError)
        #expect(error.message.contains("second bill"))
        #expect(transport.posts == 1)
    }

    @Test func `nothing sent and 429 are tried again`() async throws {
        let transport = ScriptedTransport([
            Play.fail(.network, .neverSent), Play.reply(429), Play.stream(200, ["x"]),
        ])
        #expect(try await makeClient(transport).process(picture()).size == 1)
        #expect(transport.posts == 3)
    }

    @Test(arguments: [400, 404, 422])
    func `a refusal is PROCESSING_ERROR, a 404 too`(status: Int) async throws {
        let (transport, error) = try await process([Play.reply(status)])
        #expect(error.code == .processingError)
        #expect(error.message.contains("No picture was made"))
        #expect(transport.posts == 1)
    }

    @Test(arguments: [206, 200])
    func `a part of a picture is not taken for all of it`(status: Int) async throws {
        let part = Play.reply(status, "xy", headers: [("Content-Range", "bytes 0-1/1000")])
        let (transport, error) = try await process([part])
        #expect(error.code == .processingError)
        #expect(error.message.contains("a part of the picture"))
        #expect(transport.posts == 1)
    }

    @Test func `an unreachable server is NETWORK_ERROR`() async throws {
        let (_, error) = try await process(Array(repeating: Play.fail(.network, .neverSent), count: 3))
        #expect(error.code == .networkError)
        #expect(error.retryable)
    }

    @Test(arguments: [("lucy-pro-t2v", ModelDefinition.Kind.video), ("mirage_v2", .realtime)])
    func `a model that makes no pictures is refused before a byte is sent`(
        model: String, kind: ModelDefinition.Kind
    ) async throws {
        let transport = ScriptedTransport([])
        let (client, submission) = (try makeClient(transport), try picture(model, kind))
        let error = try await failure { () throws(DecartError) in try await client.process(submission) }
        #expect(error.code == .invalidInput)
        #expect(transport.requests.isEmpty)
    }

    @Test func `a custom model is taken at its word`() async throws {
        let transport = ScriptedTransport([Play.stream(200, ["x"])])
        let model = ModelDefinition(name: "mine", kind: .video, generatePath: "/v1/generate/mine")
        _ = try await makeClient(transport).process(
            Submission(model: model, inputs: ["b": .integer(1), "a": .boolean(true)]))
        guard case .form(let form)? = transport.requests.first?.body else { throw Unexpected.noValue }
        #expect(form.parts.map(\.name) == ["a", "b"])
    }

    @Test func `cancelling ends it at once and says that it may be billed`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport([Play.wait(at: gate, hasBegun: true)])
        let (client, submission) = (try makeClient(transport), try picture())
        let task = Task { try await failure { () throws(DecartError) in try await client.process(submission) } }
        await gate.arrival()
        task.cancel()
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.message.contains("billed"))
    }
}
