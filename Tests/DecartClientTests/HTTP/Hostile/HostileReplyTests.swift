import DecartAPI
import Testing

@testable import DecartClient

/// Replies over a real socket that once ended the process, or could.
struct HostileReplyTests {
    private static let statuses = ["000", "001", "042", "099", "101", "600", "999", "0", "-1", "20", "2000", "2e2", ""]
        .map { "HTTP/1.1 \($0) X\r\ncontent-length: 2\r\n\r\n{}" }

    private static let lengths = [
        "content-length: -1", "content-length: 99999999999999999999999", "content-length: 18446744073709551616",
        "content-length: 2\r\ncontent-length: 3", "content-length: 2, 3", "content-length: 0x2", "content-length: 2x",
        "content-length: 2\r\ntransfer-encoding: chunked", "transfer-encoding: gzip",
        "transfer-encoding: chunked, gzip", "transfer-encoding: gzip, chunked",
    ].map { "HTTP/1.1 200 OK\r\n\($0)\r\n\r\n{}" }

    private static let chunks = ["-1", "FFFFFFFFFFFFFFFFF", "zz", "", " ", "2;", "80000000000000000"]
        .map { "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\($0)\r\n{}\r\n\(0)\r\nX\r\n\r\n" }

    private static let headers = [
        ": 1", "\u{0}x: 1", "é: 1", "x y: 1", "x", "x\u{7F}: 1", "x: \u{0}", "\u{FFFD}: \r\n \r\n\t: 2",
        Array(repeating: "x: 1", count: 300).joined(separator: "\r\n"), "x: " + String(repeating: "y", count: 100_000),
        String(repeating: "y", count: 100_000) + ": x",
    ].map { "HTTP/1.1 200 OK\r\n\($0)\r\ncontent-length: 2\r\n\r\n{}" }

    private static let others = [
        String(repeating: "HTTP/1.1 100 Go on\r\n\r\n", count: 1000) + "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 000 X\r\n\r\n",
        "HTTP/1.1 000 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nanything", "", "\r\n\r\n\r\n",
        "\u{0}",
    ]

    private func error(
        _ reply: String, _ way: Way = .kept, _ call: (DecartClient) async throws(DecartError) -> Void
    ) async throws -> DecartError {
        let server = try await LoopbackServer.start([[.sendBytes(Array(reply.utf8)), .close]])
        let error = try await withTransport(way.configuration) { transport in
            let client = try makeClient(way.transport(over: transport), base: server.url, maxRetries: 0)
            return try await failure { () throws(DecartError) in try await call(client) }
        }
        #expect(server.requests.count == 1)
        await server.stop()
        return error
    }

    @Test(arguments: statuses + lengths + chunks + headers + others)
    func `a reply that is no HTTP is an error with a name, and the process goes on`(reply: String) async throws {
        for way in Way.ofPolls {
            let status = try await error(reply, way) { client throws(DecartError) in
                _ = try await client.queue.status(JobID("j"))
            }
            #expect(status.code == .networkError)
            #expect(status.data["job_id"] == "j")
        }
        let result = try await error(reply) { client throws(DecartError) in
            _ = try await client.queue.result(JobID("j"))
        }
        #expect(result.code == .networkError)
        let submit = try await error(reply) { client throws(DecartError) in
            let model = ModelDefinition(name: "m", kind: .video, jobsPath: "/v1/jobs/m")
            _ = try await client.queue.submit(Submission(model: model, inputs: [:]))
        }
        #expect(submit.code == .submitUnknown)
    }

    @Test func `the message says what the server did`() async throws {
        let error = try await error("HTTP/1.1 000 X\r\n\r\n") { client throws(DecartError) in
            _ = try await client.queue.status(JobID("j"))
        }
        #expect(error.message.contains("answered with status 0, which HTTP does not define"))
    }

    @Test(arguments: Way.ofPolls)
    func `what comes behind a whole reply spoils neither it nor the next request`(way: Way) async throws {
        let ok = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"status\":\"pending\"}"
        let server = try await LoopbackServer.start([
            [.send(ok + "HTTP/1.1 000 X\r\n\r\n")], [.send(ok + ok)], [.send(ok + "garbage")],
            [.send("HTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + ok)], [.send(ok)],
        ])
        try await withTransport(way.configuration) { transport in
            let client = try makeClient(way.transport(over: transport), base: server.url)
            for _ in 0..<5 { #expect(try await client.queue.status(JobID("j")).status == .pending) }
        }
        await server.stop()
    }
}
