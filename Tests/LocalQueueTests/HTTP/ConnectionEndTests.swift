import RunClock
import Testing

@testable import LocalQueue

/// Whether a connection is kept for another request, as its client asks for in one way or another.
@Suite(.timeLimit(.minutes(5)))
struct ConnectionEndTests {
    @Test(arguments: [
        ("HTTP/1.0", "", true), ("HTTP/1.0", "Connection: TE\r\n", true),
        ("HTTP/1.0", "Connection: Keep-Alive\r\n", false),
        ("HTTP/1.1", "", false), ("HTTP/1.1", "Connection: close\r\n", true),
        ("HTTP/1.1", "Connection: Close\r\n", true),
        ("HTTP/1.1", "Connection: TE, close\r\n", true), ("HTTP/1.1", "Connection: keep-alive\r\n", false),
    ])
    func `a connection ends after the reply, or takes the next request`(
        version: String, header: String, ends: Bool
    ) async throws {
        try await RunningServer.with(.init(clips: .builtIn), clock: VirtualClock()) { server in
            try await RawConnection.with(server) { connection in
                let request = "GET /v1/jobs/x \(version)\r\nHost: a\r\n\(header)\r\n"
                try await connection.send(request)
                #expect(try await connection.readReply() == 404)
                if ends {
                    #expect(await connection.readToEnd() == [])
                } else {
                    try await connection.send(request)
                    #expect(try await connection.readReply() == 404)
                }
            }
        }
    }

    @Test(arguments: [
        ("/v1/jobs/lucy-pro-t2v", "gzip", 415), ("/v1/jobs/lucy-pro-t2v", "br, gzip", 415),
        ("/v1/jobs/lucy-pro-t2v", "identity", 200), ("/v1/jobs/lucy-pro-t2v", "Identity", 200),
        ("/v1/client/tokens", "gzip", 415), ("/v1/files", "deflate", 415),
    ])
    func `a body that is coded is refused by name`(path: String, coding: String, status: Int) async throws {
        try await RunningServer.with(.init(clips: .builtIn), clock: VirtualClock()) { server in
            try await RawConnection.with(server) { connection in
                let body = path == "/v1/client/tokens" ? "{}" : "prompt=hello"
                try await connection.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: \(coding)\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                let reply = String(decoding: await connection.readToEnd(), as: UTF8.self)
                #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
                #expect(
                    status != 415 || reply.contains("Content-Encoding \\\"\(coding)\\\" is not known here"), "\(reply)")
            }
        }
    }
}
