import RunClock
import TestSupport
import Testing

@testable import LocalQueue

/// `Expect: 100-continue`, with which a client sends its body only once it has been asked for.
@Suite(.timeLimit(.minutes(5)))
struct ExpectationTests {
    private static let body = "prompt=hello"
    private static let invitation = "HTTP/1.1 100 Continue\r\n\r\n"

    private static func head(_ path: String, expect: String = "100-continue", type: String? = nil) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: \(expect)\r\n"
            + "Content-Type: \(type ?? "application/x-www-form-urlencoded")\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
    }

    private func with(
        apiKey: String? = nil, _ body: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        let configuration = LocalQueueServer.Configuration(clips: .builtIn, apiKey: apiKey)
        try await RunningServer.with(configuration, clock: VirtualClock()) { server in
            try await RawConnection.with(server, body)
        }
    }

    @Test func `a body that is wanted is asked for, on every request of a connection`() async throws {
        try await with { connection in
            for word in ["100-continue", "100-Continue"] {
                try await connection.send(Self.head("/v1/jobs/lucy-pro-t2v", expect: word))
                #expect(try await connection.read(through: "\r\n\r\n") == Self.invitation)
                try await connection.send(Self.body)
                #expect(try await connection.readReply() == 200)
            }
        }
    }

    @Test(arguments: [
        (head("/v1/jobs/no-such-model"), 422), (head("/nowhere"), 404),
        (head("/v1/jobs/lucy-pro-t2v", type: "text/plain"), 415),
        (head("/v1/jobs/lucy-pro-t2v", expect: "a miracle"), 417),
    ])
    func `a body that is not wanted is not asked for`(head: String, status: Int) async throws {
        try await with { connection in
            try await connection.send(head)
            #expect(try await connection.readReply() == status)
        }
    }

    @Test func `a request without the key is refused before its body`() async throws {
        try await with(apiKey: "dct_secret") { connection in
            try await connection.send(Self.head("/v1/jobs/lucy-pro-t2v"))
            #expect(try await connection.readReply() == 401)
        }
    }

    @Test func `a second request's body is asked for after the first one's reply`() async throws {
        try await with { connection in
            try await connection.send(
                "GET /v1/jobs/x HTTP/1.1\r\nHost: a\r\n\r\n" + Self.head("/v1/jobs/lucy-pro-t2v"))
            #expect(try await connection.readReply() == 404)
            #expect(try await connection.read(through: "\r\n\r\n") == Self.invitation)
            try await connection.send(Self.body)
            #expect(try await connection.readReply() == 200)
        }
    }

    @Test(.enabled(if: ChildProgram.find("curl") != nil))
    func `curl does not wait before it sends an upload`() async throws {
        let curl = try #require(ChildProgram.find("curl"))
        let scratch = try ScratchFolder()
        // Large enough that curl asks first; it would wait longer for an answer than this test may take.
        let file = try scratch.write("video.mp4", bytes: [UInt8](repeating: 7, count: 3 << 20))
        try await RunningServer.with(.init(clips: .builtIn), clock: VirtualClock()) { server in
            let outcome = try await ChildProgram(curl).run([
                "--silent", "--verbose", "--expect100-timeout", "600", "--form", "data=@\(file)",
                "\(server.base)/v1/jobs/lucy-2.5",
            ])
            #expect(outcome.errors.contains("HTTP/1.1 100 Continue"))
            #expect(outcome.output.contains("job_"))
        }
    }
}
