import DecartAPI
import Foundation
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct LocalQueueServerTests {
    private let clock = VirtualClock()

    private func configuration(
        apiKey: String? = nil, failRate: Double = 0, expireAfter: Duration? = nil, database: String? = nil,
        uploadLimit: Int = 1 << 30
    ) -> LocalQueueServer.Configuration {
        LocalQueueServer.Configuration(
            database: database, settings: QueueSettings(failRate: failRate, expireAfter: expireAfter, seed: 1),
            clips: .builtIn, apiKey: apiKey, uploadLimit: uploadLimit)
    }

    @Test func `a job goes from pending through processing to a clip`() async throws {
        let clock = clock
        try await RunningServer.with(configuration(), clock: clock) { server in
            let submitted = try await server.submit()
            #expect(submitted.status == 200)
            #expect(submitted.headers["content-type"] == "application/json")
            #expect(submitted.json["status"] == "pending")
            let id = try #require(submitted.json["job_id"]?.text)
            var seen: [String] = []
            for _ in 0..<4 {
                let status = try await server.send("GET", "/v1/jobs/\(id)")
                #expect(status.json["job_id"]?.text == id)
                seen.append(status.json["status"]?.text ?? "")
                if seen.last != "completed" {
                    #expect(try await server.send("GET", "/v1/jobs/\(id)/content").status == 409)
                }
                clock.advance(by: .seconds(2))
            }
            #expect(seen == ["pending", "processing", "processing", "completed"])
            let content = try await server.send("GET", "/v1/jobs/\(id)/content")
            #expect(content.status == 200)
            #expect(content.headers["content-type"] == "video/mp4")
            #expect(content.headers["content-length"] == "\(content.body.count)")
            #expect(content.body.count > 5000)
        }
    }

    @Test func `content is served in stretches, by its tag, and as a head`() async throws {
        let clock = clock
        try await RunningServer.with(configuration(), clock: clock) { server in
            let id = try #require(try await server.submit().json["job_id"]?.text)
            clock.advance(by: .seconds(10))
            let path = "/v1/jobs/\(id)/content"
            let whole = try await server.send("GET", path)
            let tag = try #require(whole.headers["etag"])
            let size = whole.body.count
            #expect(whole.headers["accept-ranges"] == "bytes")

            let part = try await server.send("GET", path, headers: ["Range": "bytes=100-199"])
            #expect(part.status == 206)
            #expect(part.headers["content-range"] == "bytes 100-199/\(size)")
            #expect(part.headers["content-length"] == "100")
            #expect(part.body == Array(whole.body[100..<200]))
            let rest = try await server.send("GET", path, headers: ["Range": "bytes=200-", "If-Range": tag])
            #expect(rest.status == 206)
            #expect(rest.body == Array(whole.body[200...]))
            let other = try await server.send("GET", path, headers: ["Range": "bytes=200-", "If-Range": "\"other\""])
            #expect(other.status == 200)
            #expect(other.body == whole.body)

            let behind = try await server.send("GET", path, headers: ["Range": "bytes=\(size)-"])
            #expect(behind.status == 416)
            #expect(behind.headers["content-range"] == "bytes */\(size)")

            let head = try await server.send("HEAD", path)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "\(size)")
            #expect(head.body.isEmpty)
            #expect(try await server.send("GET", path, headers: ["If-None-Match": tag]).status == 304)
        }
    }

    @Test(arguments: [
        ("GET", "/", 404), ("GET", "/v1/jobs/", 404), ("GET", "/v1/jobs/job_none", 404),
        ("GET", "/v1/jobs/job_none/content", 404), ("GET", "/v2/jobs/x", 404), ("GET", "/v1/jobs/a/b/c", 404),
        ("GET", "/v1/jobs/%2e%2e%2fetc", 404), ("GET", "/v1/jobs/%zz", 404), ("GET", "/v1/jobs/%FF", 404),
        ("DELETE", "/v1/jobs/job_none", 405), ("POST", "/v1/jobs/x/content", 405),
        ("POST", "/v1/jobs/lucy-pro-t2v", 415),
    ])
    func `what is not there is refused in the service's shape`(method: String, path: String, status: Int) async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await server.send(method, path)
            #expect(reply.status == status)
            #expect(reply.json["detail"]?.text?.isEmpty == false)
        }
    }

    @Test func `a bad form is refused field by field`() async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await server.submit("lucy-pro-t2v", ["seed": "-1", "resolution": "9p", "extra": "x"])
            #expect(reply.status == 422)
            guard case .array(let details)? = reply.json["detail"] else {
                throw DecartError(.queueSubmitError, "no list")
            }
            let places = details.map { $0["loc"] ?? .null }
            for field in ["prompt", "seed", "resolution", "extra"] {
                #expect(places.contains(["body", .string(field)]))
            }
            #expect(details.first { $0["loc"] == ["body", "prompt"] }?["type"] == "missing")
            #expect(details.allSatisfy { $0["msg"]?.text?.isEmpty == false })
        }
    }

    @Test(arguments: ["lucy-pro-t2x", "mirage_v2", "..", "a b"])
    func `a model that takes no jobs is refused`(model: String) async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let reply = try await server.submit(percentEncoded(model).replacing("..", with: "%2E%2E"))
            #expect(reply.status == 422)
            #expect(reply.text.contains(#"["path","model"]"#))
        }
    }

    @Test func `forms without files may come urlencoded, with booleans as Python writes them`() async throws {
        try await RunningServer.with(configuration(), clock: clock) { server in
            let type = ["Content-Type": "application/x-www-form-urlencoded"]
            let good = try await server.send(
                "POST", "/v1/jobs/lucy-pro-t2v", headers: type, body: Array("prompt=A+sunset&seed=42".utf8))
            #expect(good.status == 200)
            let bad = try await server.send(
                "POST", "/v1/jobs/lucy-pro-t2v", headers: type, body: Array("prompt=%4".utf8))
            #expect(bad.status == 400)
            let python = try await server.submit(
                "lucy-clip", ["prompt": "A sunset", "enhance_prompt": "True"], files: ["data": [1, 2, 3]])
            #expect(python.status == 200)
        }
    }

    @Test func `only the right key opens, and no key is ever echoed`() async throws {
        try await RunningServer.with(configuration(apiKey: "dct_secret"), clock: clock) { server in
            for key in [nil, "", "dct_wrong_", "dct_secre", "dct_secrett"] {
                let headers = key.map { ["X-API-KEY": $0] } ?? [:]
                for reply in [
                    try await server.submit(headers: headers),
                    try await server.send("GET", "/v1/jobs/x", headers: headers),
                ] {
                    #expect(reply.status == 401)
                    #expect(reply.json["detail"] == "Invalid API key")
                }
            }
            #expect(try await server.submit(headers: ["X-API-KEY": "dct_secret"]).status == 200)
        }
    }

    @Test func `a failed job says why`() async throws {
        let clock = clock
        try await RunningServer.with(configuration(failRate: 1), clock: clock) { server in
            let id = try #require(try await server.submit().json["job_id"]?.text)
            clock.advance(by: .seconds(10))
            let status = try await server.send("GET", "/v1/jobs/\(id)")
            #expect(status.json["status"] == "failed")
            #expect(status.json["error"]?.text?.contains("fail rate") == true)
            #expect(try await server.send("GET", "/v1/jobs/\(id)/content").status == 409)
        }
    }

    @Test func `an expired job is not found`() async throws {
        let clock = clock
        try await RunningServer.with(configuration(expireAfter: .seconds(60)), clock: clock) { server in
            let id = try #require(try await server.submit().json["job_id"]?.text)
            clock.advance(by: .seconds(65))
            #expect(try await server.send("GET", "/v1/jobs/\(id)").status == 200)
            clock.advance(by: .seconds(1))
            let reply = try await server.send("GET", "/v1/jobs/\(id)")
            #expect(reply.status == 404)
            #expect(reply.json["detail"] == "Job not found")
        }
    }

    @Test func `after a restart of the server its jobs go on`() async throws {
        let scratch = try ScratchFolder()
        let clock = clock
        let settings = configuration(database: scratch.file("jobs.db"))
        let (ids, sink) = AsyncStream<String>.makeStream()
        try await RunningServer.with(settings, clock: clock) { server in
            sink.yield(try #require(try await server.submit().json["job_id"]?.text))
            sink.finish()
        }
        var first = ""
        for await id in ids { first = id }
        let id = first
        clock.advance(by: .seconds(10))
        try await RunningServer.with(settings, clock: clock) { server in
            let status = try await server.send("GET", "/v1/jobs/\(id)")
            #expect(status.json["status"] == "completed")
            let content = try await server.send("GET", "/v1/jobs/\(id)/content")
            #expect(content.body.count > 5000)
        }
    }

    @Test func `every reply is held back by the latency`() async throws {
        let clock = clock
        var settings = configuration()
        settings.latency = .seconds(30)
        try await RunningServer.with(settings, clock: clock) { server in
            async let reply = server.send("GET", "/v1/jobs/job_none")
            while clock.pendingWakes == 0 { await Task.yield() }
            clock.advance(by: .seconds(30))
            let status = try await reply.status
            #expect(status == 404)
        }
    }

    @Test func `a port in use is an error of run`() async throws {
        let clock = clock
        try await RunningServer.with(configuration(), clock: clock) { server in
            let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
            var taken = LocalQueueServer.Configuration(clips: .builtIn)
            taken.port = port
            await #expect(throws: (any Error).self) {
                try await LocalQueueServer(configuration: taken, clock: clock) { _ in }.run()
            }
        }
    }

    @Test func `cancelling ends the server, whatever is open`() async throws {
        var settings = configuration()
        settings.latency = .seconds(3600)
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let server = LocalQueueServer(configuration: settings, clock: clock) { ready.yield($0) }
        let running = Task { try await server.run() }
        for await port in ports {
            let open = RunningServer(base: "http://127.0.0.1:\(port)")
            async let reply = open.send("GET", "/v1/jobs/job_none")
            while clock.pendingWakes == 0 { await Task.yield() }
            running.cancel()
            _ = try? await reply
            break
        }
        _ = await running.result
        #expect(clock.pendingWakes == 0)
    }
}
