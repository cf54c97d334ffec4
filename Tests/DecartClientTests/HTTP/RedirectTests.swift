import DecartAPI
import Testing

@testable import DecartClient

/// Where the client goes when it is sent elsewhere, and what it says where it does not go.
struct RedirectTests {
    private static let done = LoopbackServer.reply(200, #"{"status":"pending"}"#)

    private func lines(to location: [UInt8], status: Int = 302) async throws -> [String] {
        let head = "HTTP/1.1 \(status) Elsewhere\r\ncontent-length: 0\r\nLocation: "
        let server = try await LoopbackServer.start([
            [.sendBytes(Array(head.utf8) + location + Array("\r\nx: \u{e9}\r\n\r\n".utf8))], Self.done,
        ])
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url).queue.status(JobID("j"))
        }
        await server.stop()
        return server.requests.map { String($0.line.dropFirst(4).dropLast(9)) }
    }

    @Test(arguments: [
        ("/f/a.mp4?sig=x%2Fy&name=my clip.mp4", "/f/a.mp4?sig=x%2Fy&name=my%20clip.mp4"),
        ("/f/a%2Fb.mp4?sig=%2b%2F%3D", "/f/a%2Fb.mp4?sig=%2b%2F%3D"), ("/é/%C3%A9?ü", "/%C3%A9/%C3%A9?%C3%BC"),
        ("/[a]{b}|c?q[]=%5B", "/%5Ba%5D%7Bb%7D%7Cc?q%5B%5D=%5B"), ("/100%?%zz", "/100%25?%25zz"),
        ("other?x=/../y", "/v1/jobs/other?x=/../y"), ("../up%2e%2e/x", "/v1/up%2e%2e/x"),
        ("?a=%20b c", "/v1/jobs/j?a=%20b%20c"),
        ("/a#part%2F", "/a"), ("\t /spaced \t", "/spaced"),
    ])
    func `an address goes on as it was written, with only what is illegal encoded`(
        location: String, target: String
    ) async throws {
        #expect(try await lines(to: Array(location.utf8)) == ["/v1/jobs/j", target])
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `bytes that are no UTF-8 go on as those bytes`(status: Int) async throws {
        let location = Array("/caf".utf8) + [0xE9] + Array("/%C3%A9?q=".utf8) + [0xFC, 0x20]
        #expect(try await lines(to: location + [0x78], status: status).last == "/caf%E9/%C3%A9?q=%FC%20x")
    }

    @Test func `an informational reply with an address of its own is not followed`() async throws {
        let early = "HTTP/1.1 103 Early\r\nlocation: /wrong\r\n\r\n"
        let head =
            Array("\(early)HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /caf".utf8) + [0xE9, 13, 10, 13, 10]
        let server = try await LoopbackServer.start([head.map { .sendBytes([$0]) }, Self.done])
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url).queue.status(JobID("j"))
        }
        #expect(server.requests.last?.line == "GET /caf%E9 HTTP/1.1")
        await server.stop()
    }

    @Test(arguments: [
        ("/a.png?sig=%2F&name=my clip", "/a.png?sig=%2F&name=my%20clip"), ("/é%2F.png", "/%C3%A9%2F.png"),
        ("/{x}.png", "/%7Bx%7D.png"),
    ])
    func `the address of an input is asked for as it was written`(path: String, target: String) async throws {
        let server = try await LoopbackServer.start([
            LoopbackServer.reply(200, "png"), LoopbackServer.reply(200, #"{"job_id":"j"}"#),
        ])
        let model = ModelDefinition(name: "m", kind: .video, jobsPath: "/v1/jobs/m")
        let submission = Submission(model: model, inputs: ["data": .file(.url(server.url + path))])
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url).queue.submit(submission)
        }
        #expect(server.requests.first?.line == "GET \(target) HTTP/1.1")
        await server.stop()
    }

    @Test func `the address of an input may be written in bytes that are no UTF-8`() async throws {
        let server = try await LoopbackServer.start([
            LoopbackServer.reply(200, "png"), LoopbackServer.reply(200, #"{"job_id":"j"}"#),
        ])
        let model = ModelDefinition(name: "m", kind: .video, jobsPath: "/v1/jobs/m")
        let url = InputValue.bytes(Array((server.url + "/caf").utf8) + [0xE9] + Array(".png?q=%2F".utf8))
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url)
                .queue.submit(Submission(model: model, inputs: ["data": url]))
        }
        #expect(server.requests.first?.line == "GET /caf%E9.png?q=%2F HTTP/1.1")
        await server.stop()
    }

    @Test func `a base URL's own path is asked for as it was written`() async throws {
        let server = try await LoopbackServer.start([Self.done])
        _ = try await withTransport { transport in
            try await makeClient(transport, base: server.url + "/a%2Fb|c").queue.status(JobID("j k"))
        }
        #expect(server.requests.first?.line == "GET /a%2Fb%7Cc/v1/jobs/j%20k HTTP/1.1")
        await server.stop()
    }

    private func error(
        _ status: Int, _ call: (DecartClient) async throws(DecartError) -> Void
    ) async throws -> DecartError {
        let client = try makeClient(ScriptedTransport([Play.reply(status)]), maxRetries: 0)
        return try await failure { () throws(DecartError) in try await call(client) }
    }

    @Test(arguments: [
        (300, "no redirect that can be followed"), (301, "did not say where to"), (302, "did not say where to"),
        (303, "did not say where to"), (304, "Nobody had asked whether anything changed"),
        (305, "no redirect that can be followed"), (306, "no redirect that can be followed"),
        (307, "did not say where to"), (308, "did not say where to"), (399, "no redirect that can be followed"),
    ])
    func `a GET that is sent nowhere says so, and says nothing of a POST`(status: Int, words: String) async throws {
        let asked = try await error(status) { client throws(DecartError) in
            _ = try await client.queue.status(JobID("j"))
        }
        #expect(asked.code == .queueStatusError)
        #expect(asked.message.contains(words))
        #expect(!asked.message.contains("POST"))
        #expect(asked.message.contains("The job is not affected"))
    }

    @Test(arguments: [
        (300, "no redirect that can be followed"), (301, "Only a GET follows a redirect"),
        (302, "Only a GET follows a redirect"), (303, "Only a GET follows a redirect"),
        (304, "Nobody had asked whether anything changed"), (305, "no redirect that can be followed"),
        (307, "Only a GET follows a redirect"), (308, "Only a GET follows a redirect"),
    ])
    func `a POST follows no redirect and says what to do`(status: Int, words: String) async throws {
        let submission = try sunset()
        let submitted = try await error(status) { client throws(DecartError) in
            _ = try await client.queue.submit(submission)
        }
        #expect(submitted.code == .queueSubmitError)
        #expect(submitted.message.contains(words))
        #expect(submitted.message.contains("No job was submitted"))
    }
}
