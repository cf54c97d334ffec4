import DecartAPI
import TestSupport
import Testing

@testable import DecartClient

/// What the client puts on the wire, as an independent server finds it there, held against the wire document.
@Suite(.timeLimit(.minutes(5)))
struct WireTests {
    private static let agent = "decart-lua/\(ClientConfiguration.version) lang/lua check/1 runtime/swift"

    /// Makes one call and gives the one request that came of it.
    private func record(
        key: String? = secretKey, _ call: (DecartClient) async throws -> Void
    ) async throws -> RecordingServer.Record {
        let server = try await RecordingServer.start()
        let base = try BaseURL("http://127.0.0.1:\(server.port)/")
        let configuration = ClientConfiguration(
            apiKey: try key.map { key throws(DecartError) in try APIKey(key) }, baseURL: base, integration: "check/1")
        try await withTransport { transport in
            try await call(DecartClient(configuration: configuration, transport: transport))
        }
        let records = try server.records()
        #expect(records.count == 1)
        let record = try #require(records.first)
        let headers = record.headers
        #expect(headers["user-agent"] == Self.agent)
        #expect(headers["x-api-key"] == key)
        #expect(headers["host"] == "127.0.0.1:\(server.port)")
        #expect(headers["transfer-encoding"] == nil)
        #expect(headers["authorization"] == nil)
        #expect(headers.filter { $0.key != "x-api-key" }.values.allSatisfy { !$0.contains(secretKey) })
        let length = try #require(record.json["length"])
        if record.line.hasPrefix("POST ") { #expect(headers["content-length"] == length.serializedText) }
        return record
    }

    private func text(_ text: String) -> InputValue { .bytes(Array(text.utf8)) }

    /// The bytes of UTF-8 text as the recording shows them.
    private func onTheWire(_ text: String) -> String {
        String(String.UnicodeScalarView(text.utf8.map { Unicode.Scalar($0) }))
    }

    private func expect(_ parts: [RecordingServer.Part], _ expected: [(headers: [String], content: String)]) {
        #expect(parts.map(\.headers) == expected.map(\.headers))
        #expect(parts.map(\.content) == expected.map(\.content))
    }

    private func field(_ name: String) -> [String] { ["Content-Disposition: form-data; name=\"\(name)\""] }

    private func file(_ name: String, _ fileName: String, _ type: String) -> [String] {
        ["Content-Disposition: form-data; name=\"\(name)\"; filename=\"\(fileName)\"", "Content-Type: \(type)"]
    }

    @Test func `a job's form has the model's fields in their order, byte for byte, and its files last`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("my \"clip\".mp4", "\r\n--x\r\n")
        let prompt = "Ünïcode \"quotes\"\r\nand\nlines & more = 100%\t😀"
        let model = try ModelCatalog.find(name: "lucy-2.1", kind: .video)
        let record = try await record { client in
            let job = try await client.queue.submit(
                Submission(
                    model: model,
                    inputs: [
                        "data": text(path), "self_anchor": .boolean(false), "enhance_prompt": .boolean(true),
                        "seed": .number(42), "prompt": text(prompt),
                        "reference_image": .file(.blob(Blob(bytes: [0, 255, 13, 10], type: "image/webp"))),
                    ]))
            #expect(job.id.text == "job a?b")
            #expect(job.status == .pending)
        }
        #expect(record.line == "POST /v1/jobs/lucy-2.1 HTTP/1.1")
        expect(
            record.parts,
            [
                (field("prompt"), onTheWire(prompt)), (field("seed"), "42"), (field("resolution"), "720p"),
                (field("enhance_prompt"), "true"), (field("self_anchor"), "false"),
                (file("reference_image", "reference_image.webp", "image/webp"), "\u{0}\u{FF}\r\n"),
                (file("data", "my %22clip%22.mp4", "video/mp4"), "\r\n--x\r\n"),
            ])
    }

    @Test func `a table goes out as JSON, an empty text as nothing`() async throws {
        let motion = try ModelCatalog.find(name: "lucy-motion-latest", kind: .video)
        let points: JSONValue = [["frame": 0, "x": 0.5, "y": 1.0], ["frame": 24, "x": 1, "y": 2]]
        let image = InputValue.file(.blob(Blob(bytes: [1], type: "application/x-odd", name: "a.png")))
        let moved = try await record { client in
            _ = try await client.queue.submit(
                Submission(model: motion, inputs: ["trajectory": .json(points), "data": image]))
        }
        expect(
            moved.parts,
            [
                (field("trajectory"), #"[{"frame":0,"x":0.5,"y":1},{"frame":24,"x":1,"y":2}]"#),
                (field("resolution"), "720p"), (file("data", "a.png", "application/x-odd"), "\u{1}"),
            ])
        let edit = try ModelCatalog.find(name: "lucy-2.5", kind: .video)
        let empty = try await record { client in
            _ = try await client.queue.submit(Submission(model: edit, inputs: ["prompt": text(""), "data": image]))
        }
        #expect(empty.parts.first?.content == "")
        #expect(empty.parts.map { $0.headers[0] }.first == field("prompt")[0])
    }

    @Test func `a custom model's fields go out unchecked, sorted by name`() async throws {
        let model = ModelDefinition(name: "new", kind: .video, jobsPath: "/v1/jobs/new")
        let record = try await record { client in
            _ = try await client.queue.submit(
                Submission(model: model, inputs: ["zoom": .number(1.5), "anything": .integer(7), "b": .boolean(true)]))
        }
        expect(record.parts, [(field("anything"), "7"), (field("b"), "true"), (field("zoom"), "1.5")])
    }

    @Test func `status and result are plain GETs with the id encoded into the path`() async throws {
        let id = try JobID("job a?b")
        let status = try await record { client in
            let job = try await client.queue.status(id)
            #expect(job.status == .completed)
        }
        #expect(status.line == "GET /v1/jobs/job%20a%3Fb HTTP/1.1")
        #expect(status.body == "")
        #expect(status.headers["content-type"] == nil)
        let result = try await record { client in
            let blob = try await client.queue.result(id)
            #expect(blob.type == "image/png")
        }
        #expect(result.line == "GET /v1/jobs/job%20a%3Fb/content HTTP/1.1")
        #expect(result.headers["range"] == nil)
    }

    @Test func `a picture's form is a job's, at another place`() async throws {
        let model = try ModelCatalog.find(name: "lucy-image-2", kind: .image)
        let data = InputValue.file(.blob(Blob(bytes: [1], type: "image/png")))
        let record = try await record { client in
            let blob = try await client.process(
                Submission(model: model, inputs: ["prompt": text("p"), "resolution": text("480p"), "data": data]))
            #expect(blob.type == "image/png")
        }
        #expect(record.line == "POST /v1/generate/lucy-image-2 HTTP/1.1")
        expect(
            record.parts,
            [
                (field("prompt"), "p"), (field("resolution"), "480p"), (file("data", "data.png", "image/png"), "\u{1}"),
            ])
    }

    @Test func `files are uploaded, asked for and deleted`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("my clip.mp4", "12345")
        let upload = try await record { client in
            let stored = try await client.files.upload(.path(BytePath(path)), ttlSeconds: 3600)
            #expect(stored.id.text == "file_1")
        }
        #expect(upload.line == "POST /v1/files HTTP/1.1")
        expect(upload.parts, [(field("ttl_seconds"), "3600"), (file("file", "my clip.mp4", "video/mp4"), "12345")])
        let plain = try await record { _ = try await $0.files.upload(.blob(Blob(bytes: [], type: "text/plain"))) }
        expect(plain.parts, [(file("file", "file.txt", "text/plain"), "")])
        let get = try await record { _ = try await $0.files.get(FileID("file_1")) }
        #expect(get.line == "GET /v1/files/file_1 HTTP/1.1")
        let delete = try await record { try await $0.files.delete(FileID("file_1")) }
        #expect(delete.line == "DELETE /v1/files/file_1 HTTP/1.1")
        #expect(delete.body == "")
    }

    @Test func `tokens and names are asked for in JSON`() async throws {
        let token = try await record { client in
            let options: [String: JSONValue] = [
                "expiresIn": 120, "metadata": ["role": "viewer"], "allowedModels": ["lucy-2.1"],
                "allowedOrigins": ["https://example.com"], "constraints": ["realtime": ["maxSessionDuration": 300]],
            ]
            let token = try await client.tokens.create(options)
            #expect(token.apiKey == "ek_1")
        }
        #expect(token.line == "POST /v1/client/tokens HTTP/1.1")
        #expect(token.headers["content-type"] == "application/json")
        #expect(
            token.body == #"{"allowedModels":["lucy-2.1"],"allowedOrigins":["https://example.com"],"#
                + #""constraints":{"realtime":{"maxSessionDuration":300}},"expiresIn":120,"#
                + #""metadata":{"role":"viewer"}}"#
        )
        let bare = try await record { _ = try await $0.tokens.create() }
        #expect(bare.body == "{}")
        let resolve = try await record { client in
            let model = try await client.models.resolve("lucy-latest")
            #expect(model == "lucy-2.6")
        }
        #expect(resolve.line == "POST /v1/models/resolve HTTP/1.1")
        #expect(resolve.headers["content-type"] == "application/json")
        #expect(resolve.body == #"{"model":"lucy-latest"}"#)
    }

    @Test func `without a key there is no header for it`() async throws {
        _ = try await record(key: nil) { _ = try await $0.queue.status(JobID("job a?b")) }
    }
}
