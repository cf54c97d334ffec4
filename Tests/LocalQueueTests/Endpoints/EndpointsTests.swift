import DecartAPI
import Foundation
import Logging
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct EndpointsTests {
    private let clock = VirtualClock()
    private let json = ["Content-Type": "application/json"]

    private func configuration(apiKey: String? = nil) -> LocalQueueServer.Configuration {
        LocalQueueServer.Configuration(settings: QueueSettings(seed: 1), clips: .builtIn, apiKey: apiKey)
    }

    private func upload(_ server: RunningServer, _ fields: [String: String] = [:]) async throws -> RunningServer.Reply {
        try await server.post("/v1/files", fields, files: ["file": [1, 2, 3]])
    }

    @Test func `an image model answers its picture at once`() async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await server.post("/v1/generate/lucy-pro-t2i", ["prompt": "A beautiful sunset"])
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "image/png")
            #expect(reply.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            let other = try await server.post("/v1/generate/lucy-pro-t2i", ["prompt": "A beautiful sunset"])
            #expect(other.body != reply.body)
            let edit = ["prompt": "Paint it"]
            #expect(try await server.post("/v1/generate/lucy-image-2", edit, files: ["data": [1]]).status == 200)
            #expect(try await server.post("/v1/generate/lucy-image-2", edit).status == 422)
            #expect(try await server.post("/v1/generate/lucy-2.1", edit, files: ["data": [1]]).status == 422)
            #expect(try await server.send("POST", "/v1/generate/lucy-pro-t2i").status == 415)
        }
    }

    @Test func `a picture leaves nothing in the queue's folder`() async throws {
        let queue = try JobQueue(
            settings: QueueSettings(seed: 1), database: nil, clips: .builtIn, clock: clock, logger: .init(label: "test")
        )
        let model = try ModelCatalog.find(name: "lucy-image-2", kind: .image)
        let form = MultipartForm(parts: [
            .init(name: "prompt", content: .text([65])),
            .init(
                name: "data",
                content: .file(.init(fileName: "a.png", contentType: "image/png", source: .bytes([1, 2])))),
        ])
        let picture = try await queue.picture(model: model, form: try form.received(into: queue.folder))
        #expect(picture.type == "image/png")
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.folder.path()).isEmpty)
    }

    @Test func `a file is stored, described and deleted`() async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let stored = try await upload(server, ["ttl_seconds": "60"])
            #expect(stored.status == 200)
            let id = try #require(stored.json["id"]?.text)
            #expect(id.hasPrefix("file_"))
            #expect(stored.json["filename"] == "a.bin")
            #expect(stored.json["mime_type"] == "video/mp4")
            #expect(stored.json["size_bytes"] == 3)
            #expect(try await server.send("GET", "/v1/files/\(id)").json == stored.json)
            let deleted = try await server.send("DELETE", "/v1/files/\(id)")
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(try await server.send("GET", "/v1/files/\(id)").status == 404)
            #expect(try await server.send("DELETE", "/v1/files/\(id)").status == 404)
        }
    }

    @Test(arguments: [["persistent": "true"], ["ttl_seconds": "persistent"]])
    func `a file expires unless it is persistent`(fields: [String: String]) async throws {
        let clock = clock
        try await RunningServer.with(configuration(), clock: clock) { server in
            let brief = try #require(try await upload(server, ["ttl_seconds": "60"]).json["id"]?.text)
            let lasting = try await upload(server, fields)
            #expect(lasting.json["expires_at"] == .null)
            let id = try #require(lasting.json["id"]?.text)
            clock.advance(by: .seconds(59))
            #expect(try await server.send("GET", "/v1/files/\(brief)").status == 200)
            clock.advance(by: .seconds(1))
            #expect(try await server.send("GET", "/v1/files/\(brief)").status == 404)
            #expect(try await server.send("DELETE", "/v1/files/\(brief)").status == 404)
            clock.advance(by: .seconds(86_400 * 400))
            #expect(try await server.send("GET", "/v1/files/\(id)").status == 200)
        }
    }

    @Test func `a file is not both kept for good and for a time`() async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await upload(server, ["ttl_seconds": "60", "persistent": "true"])
            #expect(reply.status == 422)
            #expect(reply.text.contains("at most one of ttl_seconds or persistent"))
        }
    }

    @Test func `files and tokens are there after a restart, until they expire`() async throws {
        let (clock, scratch) = (clock, try ScratchFolder())
        var configuration = configuration(apiKey: "dct_secret")
        configuration.database = scratch.file("jobs.db")
        let key = ["X-API-KEY": "dct_secret"]
        let (kept, keep) = AsyncStream<(file: String, token: String)>.makeStream()
        try await RunningServer.with(configuration, clock: clock) { server in
            let stored = try await server.post("/v1/files", ["ttl_seconds": "60"], files: ["file": [1]], headers: key)
            let token = try await server.send("POST", "/v1/client/tokens", headers: key)
            keep.yield((try #require(stored.json["id"]?.text), try #require(token.json["apiKey"]?.text)))
        }
        keep.finish()
        for await (file, token) in kept {
            clock.advance(by: .seconds(59))
            try await RunningServer.with(configuration, clock: clock) { server in
                let reply = try await server.send("GET", "/v1/files/\(file)", headers: ["X-API-KEY": token])
                #expect(reply.status == 200)
                #expect(reply.json["id"]?.text == file)
                // The seed is the same, and gives the same ids again: none that is taken.
                let other = try await server.post("/v1/files", [:], files: ["file": [1]], headers: key)
                #expect(other.json["id"]?.text != file)
                clock.advance(by: .seconds(1))
                #expect(try await server.send("GET", "/v1/files/\(file)", headers: ["X-API-KEY": token]).status == 401)
                #expect(try await server.send("GET", "/v1/files/\(file)", headers: key).status == 404)
            }
        }
    }

    @Test(arguments: ["59", "2592001", "x", "60.5", ""])
    func `a file's lifetime has bounds`(seconds: String) async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await upload(server, ["ttl_seconds": seconds])
            #expect(reply.status == 422)
            #expect(reply.text.contains("ttl_seconds"))
            #expect(try await server.post("/v1/files", ["ttl_seconds": "60"]).status == 422)
        }
    }

    @Test func `a token opens what the key opens, until it expires`() async throws {
        let clock = clock
        let json = json
        try await RunningServer.with(configuration(apiKey: "dct_secret"), clock: clock) { server in
            let body = Array(#"{"expiresIn":10,"allowedModels":["lucy-2.1"],"metadata":{"a":1}}"#.utf8)
            #expect(try await server.send("POST", "/v1/client/tokens", headers: json, body: body).status == 401)
            let headers = json.merging(["X-API-KEY": "dct_secret"]) { $1 }
            let reply = try await server.send("POST", "/v1/client/tokens", headers: headers, body: body)
            #expect(reply.status == 200)
            #expect(reply.json["permissions"] == ["models": ["lucy-2.1"]])
            let key = try #require(reply.json["apiKey"]?.text)
            let jwt = try #require(reply.json["token"]?.text)
            #expect(key.hasPrefix("ek_"))
            #expect(jwt.split(separator: ".", omittingEmptySubsequences: false).count == 3)
            for key in [key, jwt] {
                #expect(try await server.send("GET", "/v1/jobs/none", headers: ["X-API-KEY": key]).status == 404)
                #expect(try await server.send("GET", "/v1/jobs/none", headers: ["X-API-KEY": key + "x"]).status == 401)
            }
            clock.advance(by: .seconds(10))
            #expect(try await server.send("GET", "/v1/jobs/none", headers: ["X-API-KEY": key]).status == 401)
        }
    }

    @Test(arguments: [
        #"{"expiresIn":0}"#, #"{"expiresIn":3601}"#, #"{"expiresIn":"60"}"#, #"{"metadata":[1]}"#, #"{"other":1}"#,
        #"{"allowedOrigins":[1]}"#, "[]", "{",
    ])
    func `a token's limits are held`(body: String) async throws {
        let json = json
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await server.send("POST", "/v1/client/tokens", headers: json, body: Array(body.utf8))
            #expect(reply.status == 422)
        }
    }

    @Test(arguments: [
        ("lucy-latest", "lucy-2.6"), ("lucy-vton-latest", "lucy-vton-3.6"), ("lucy-restyle-latest", "lucy-restyle-2"),
        ("lucy-clip-latest", "lucy-clip"), ("lucy-image-latest", "lucy-image-2"),
        ("lucy-motion-latest", "lucy-motion"), ("lucy-2.1", "lucy-2.1"), ("mirage_v2", "mirage_v2"),
    ])
    func `an alias is its family's newest model, a name itself`(name: String, model: String) async throws {
        let json = json
        try await RunningServer.with(configuration(), clock: clock) { server in
            let body = JSONValue.object(["model": .string(name)]).serialized()
            let reply = try await server.send("POST", "/v1/models/resolve", headers: json, body: body)
            #expect(reply.json == ["model_id": .string(model)])
            let none = Array(#"{"model":"nobody"}"#.utf8)
            #expect(try await server.send("POST", "/v1/models/resolve", headers: json, body: none).status == 404)
            #expect(
                try await server.send("POST", "/v1/models/resolve", headers: json, body: Array("{}".utf8)).status == 422
            )
        }
    }
}
