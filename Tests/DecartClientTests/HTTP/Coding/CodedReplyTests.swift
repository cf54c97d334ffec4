import DecartAPI
import TestSupport
import Testing

@testable import DecartClient

/// Compressed replies, which nobody asked for.
struct CodedReplyTests {
    private typealias Action = LoopbackServer.Action

    private static let job = Array(#"{"job_id":"job_1","status":"completed"}"#.utf8)

    private static func reply(
        _ body: [UInt8], _ coding: String, status: String = "200 OK", _ headers: String = ""
    ) -> [Action] {
        let head =
            "HTTP/1.1 \(status)\r\ncontent-encoding: \(coding)\r\ncontent-length: \(body.count)\r\n\(headers)\r\n"
        return [.sendBytes(Array(head.utf8) + body)]
    }

    private func withServer<T>(
        _ script: [[Action]], maxRetries: Int = 2, configuration: HTTPTransport.Configuration = .init(),
        _ body: (DecartClient, LoopbackServer) async throws -> T
    ) async throws -> T {
        let server = try await LoopbackServer.start(script)
        let value = try await withTransport(configuration) { transport in
            try await body(makeClient(transport, base: server.url, maxRetries: maxRetries), server)
        }
        await server.stop()
        return value
    }

    private func submission(_ inputs: [String: InputValue] = [:]) -> Submission {
        Submission(model: ModelDefinition(name: "m", kind: .video, jobsPath: "/v1/jobs/m"), inputs: inputs)
    }

    @Test(arguments: Compression.allCases)
    func `a coded status, submit and result are read, and none was asked for`(compression: Compression) async throws {
        let folder = try ScratchFolder()
        let clip = Array(String(repeating: "clip", count: 100_000).utf8)
        let coded = Self.reply(compression(Self.job), compression.coding)
        let video = Self.reply(compression(clip), compression.coding, "content-type: video/mp4\r\netag: \"a\"\r\n")
        try await withServer([coded, coded, video, video]) { client, server in
            #expect(try await client.queue.status(JobID("job_1")).status == .completed)
            #expect(try await client.queue.submit(submission()).id.text == "job_1")
            let blob = try await client.queue.result(JobID("job_1"))
            #expect(blob.type == "video/mp4")
            guard case .memory(let bytes) = blob.storage else { throw Unexpected.noValue }
            #expect(bytes == clip)
            let path = folder.file("clip.mp4")
            _ = try await client.queue.result(JobID("job_1"), to: .path(path)) { received, total in
                #expect(total == nil && received <= clip.count)
            }
            #expect(folder.text("clip.mp4").map { Array($0.utf8) } == clip)
            #expect(server.requests.map { $0.header("accept-encoding") } == Array(repeating: "identity", count: 4))
        }
    }

    @Test func `a URL's picture goes on as a picture`() async throws {
        let picture = Array("\u{89}PNG not really".utf8)
        let script = [
            Self.reply(Compression.gzip(picture), "gzip", "content-type: image/png\r\n"),
            LoopbackServer.reply(200, #"{"job_id":"j"}"#),
        ]
        try await withServer(script) { client, server in
            _ = try await client.queue.submit(submission(["data": .file(.url(server.url + "/a.png"))]))
            let body = try #require(server.requests.last).body
            #expect(body.firstRange(of: picture) != nil)
            #expect(server.requests.first?.header("accept-encoding") == "identity")
        }
    }

    @Test func `a refusal's coded reason is read`() async throws {
        let reason = Compression.gzip(Array(#"{"detail":"no such thing"}"#.utf8))
        let error = try await withServer([Self.reply(reason, "gzip", status: "400 Bad")]) { client, _ in
            try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        }
        #expect(error.message.contains("no such thing"))
    }

    @Test(arguments: ["br", "zstd", "compress", "gzip, gzip"])
    func `a coding that is not known is refused by its name`(coding: String) async throws {
        let folder = try ScratchFolder()
        let script = Array(repeating: Self.reply(Self.job, coding), count: 4)
        try await withServer(script) { client, server in
            let status = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
            #expect(status.code == .queueStatusError)
            let result = try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(folder.file("clip.mp4")))
            }
            #expect(result.code == .queueResultError)
            let job = submission()
            let submit = try await failure { () throws(DecartError) in try await client.queue.submit(job) }
            #expect(submit.code == .submitUnknown)
            for error in [status, result, submit] { #expect(error.message.contains("\"\(coding)\"")) }
            #expect(folder.names.isEmpty)
            // Another try would end the same way. The third is the status that a failed result is explained by.
            #expect(server.requests.count == 4)
        }
    }

    @Test func `a small body that stands for a large one is stopped at a bound`() async throws {
        let bomb = Compression.gzip(Array(repeating: 0, count: 4 << 20))
        var configuration = HTTPTransport.Configuration()
        configuration.collectedReplyLimit = 1 << 20
        configuration.decodedReplyLimit = 2 << 20
        let script = Array(repeating: Self.reply(bomb, "gzip"), count: 2)
        let folder = try ScratchFolder()
        try await withServer(script, maxRetries: 0, configuration: configuration) { client, _ in
            let status = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
            #expect(status.code == .networkError)
            #expect(status.message.contains("more bytes than are accepted"))
            let result = try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(folder.file("clip.mp4")))
            }
            #expect(result.code == .networkError)
            #expect(folder.names.isEmpty)
        }
    }

    @Test func `a coded result that is cut begins again, and a coded part is not joined to it`() async throws {
        let clip = Array("0123456789".utf8)
        let coded = Compression.gzip(Array(String(repeating: "junk", count: 999).utf8) + clip)
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\netag: \"a\"\r\ncontent-length: \(coded.count)\r\n\r\n"
        let half: [Action] = [.sendBytes(Array(head.utf8) + coded.dropLast(9)), .close]
        try await withServer([half, Self.reply(Compression.gzip(clip), "gzip")]) { client, server in
            let blob = try await client.queue.result(JobID("j"))
            guard case .memory(let bytes) = blob.storage else { throw Unexpected.noValue }
            #expect(bytes == clip)
            #expect(server.requests.map { $0.header("range") } == [nil, nil])
        }
        let plain: [Action] = [
            .send("HTTP/1.1 200 OK\r\netag: \"a\"\r\ncontent-length: 10\r\n\r\n01234"), .close,
        ]
        let part = Self.reply(
            Compression.gzip(Array(clip[5...])), "gzip", status: "206 Part",
            "content-range: bytes 5-9/10\r\netag: \"a\"\r\n")
        try await withServer([plain, part, LoopbackServer.reply(200, "0123456789")]) { client, server in
            let blob = try await client.queue.result(JobID("j"))
            guard case .memory(let bytes) = blob.storage else { throw Unexpected.noValue }
            #expect(bytes == clip)
            #expect(server.requests.map { $0.header("range") } == [nil, "bytes=5-", nil])
        }
    }
}
