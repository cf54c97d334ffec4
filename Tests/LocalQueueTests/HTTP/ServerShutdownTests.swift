import Foundation
import RunClock
import TestSupport
import Testing

@testable import LocalQueue

/// What a server that is asked to stop does not wait for.
@Suite(.timeLimit(.minutes(5)))
struct ServerShutdownTests {
    /// Each begins with what a client sends, and then nothing more.
    @Test(arguments: [
        "", "GET /v1/jobs/x HTTP/1.1\r\nHost: a\r\n",
        "GET /v1/jobs/x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/jobs/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /v1/jobs/lucy-pro-t2v HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: 100\r\n\r\nprompt=",
        "POST /v1/jobs/lucy-pro-t2v HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\n--x\r\n\r\n",
        "nonsense\r\n\r\n",
    ])
    func `a server that stops waits for no client`(sent: String) async throws {
        let clock = VirtualClock(mode: .manual)
        // No reply comes within this test, since its clock stands still.
        let configuration = LocalQueueServer.Configuration(clips: .builtIn, latency: .seconds(60))
        let (stopped, stop) = AsyncStream<Void>.makeStream()
        let client = Mailbox<Task<Void, any Error>>()
        try await RunningServer.with(configuration, clock: clock) { server in
            let (connected, connect) = AsyncStream<Void>.makeStream()
            client.put(
                Task {
                    try await RawConnection.with(server) { connection in
                        try await connection.send(sent)
                        connect.finish()
                        // Keeps the connection open until the server has stopped.
                        for await _ in stopped {}
                    }
                })
            for await _ in connected {}
        }
        stop.finish()
        try await client.take()?.value
    }

    @Test func `a server that stops renders none of the clips that are still to be made`() async throws {
        let scratch = try ScratchFolder()
        let runs = scratch.file("runs")
        let ffmpeg = try scratch.write("ffmpeg", "#!/bin/sh\necho >> '\(runs)'\nexec sleep 600\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: ffmpeg)
        let configuration = LocalQueueServer.Configuration(clips: .ffmpeg(path: ffmpeg))
        try await RunningServer.with(configuration, clock: SystemClock()) { server in
            for _ in 0..<50 {
                let reply = try await server.submit()
                #expect(reply.status == 200)
            }
        }
        #expect((scratch.text("runs") ?? "").count <= 2)
    }
}
