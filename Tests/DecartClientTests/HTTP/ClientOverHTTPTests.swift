import DecartAPI
import NIOCore
import NIOPosix
import RunClock
import TestSupport
import Testing

@testable import DecartClient

/// A leaping clock that has something looked at whenever somebody begins to wait.
private final class WatchingClock: RunClock {
    private let clock = LeapingClock()
    private let look: @Sendable () -> Void

    init(_ look: @escaping @Sendable () -> Void) {
        self.look = look
    }

    var now: RunInstant { clock.now }
    var unixTime: Double { clock.unixTime }

    func wake(at instant: RunInstant, _ body: @escaping @Sendable () -> Void) -> WakeID {
        look()
        return clock.wake(at: instant, body)
    }

    func cancelWake(_ id: WakeID) { clock.cancelWake(id) }
}

/// The client's rules over real sockets: the server misbehaves, the clock leaps over the waits between tries.
struct ClientOverHTTPTests {
    private func withClient<T>(
        _ server: LoopbackServer, clock: any RunClock = LeapingClock(), _ body: (DecartClient) async throws -> T
    ) async throws -> T {
        try await withTransport { transport in
            try await body(makeClient(transport, clock: clock, base: server.url))
        }
    }

    @Test func `429 with Retry-After, then 503, then fine`() async throws {
        let server = try await LoopbackServer.start([
            LoopbackServer.reply(429, "", "Retry-After: 9"), LoopbackServer.reply(503),
            LoopbackServer.reply(200, #"{"job_id":"j","status":"processing"}"#),
        ])
        let clock = LeapingClock()
        let job = try await withClient(server, clock: clock) { try await $0.queue.status(makeJob("j")) }
        #expect(job.status == .processing)
        #expect(clock.waits.first == .seconds(9))
        #expect(server.requests.map(\.line) == Array(repeating: "GET /v1/jobs/j HTTP/1.1", count: 3))
        await server.stop()
    }

    @Test func `a redirect to another origin does not carry the key`() async throws {
        let other = try await LoopbackServer.start([LoopbackServer.reply(200, #"{"status":"pending"}"#)])
        let server = try await LoopbackServer.start([
            LoopbackServer.reply(307, "", "location: \(other.url)/elsewhere")
        ])
        _ = try await withClient(server) { try await $0.queue.status(makeJob("j")) }
        #expect(server.requests.first?.header("x-api-key") == secretKey)
        #expect(other.requests.first?.line == "GET /elsewhere HTTP/1.1")
        #expect(other.requests.first?.head.contains(secretKey) == false)
        await server.stop()
        await other.stop()
    }

    @Test(arguments: [
        [LoopbackServer.Action.close], [.reset], [.send("garbage\r\n\r\n"), .close],
        [.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"job_id\":"), .close],
        [.send("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n")],
        [.send("HTTP/1.1 408 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"), .close],
        [.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")],
    ])
    func `no server sees a second POST that could be a second job`(script: [LoopbackServer.Action]) async throws {
        let server = try await LoopbackServer.start([script])
        let submission = try sunset()
        let error = try await withClient(server) { client in
            try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
        }
        #expect(error.code == .submitUnknown)
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test func `a submit that was refused with 429 is sent again and its form is whole`() async throws {
        let server = try await LoopbackServer.start([
            LoopbackServer.reply(429), LoopbackServer.reply(200, #"{"job_id":"second","status":"pending"}"#),
        ])
        let job = try await withClient(server) { try await $0.queue.submit(sunset()) }
        #expect(job.id.text == "second")
        let body = String(decoding: try #require(server.requests.last).body, as: UTF8.self)
        #expect(body.contains("name=\"prompt\"\r\n\r\nA beautiful sunset\r\n"))
        #expect(server.requests.last?.header("content-type")?.hasPrefix("multipart/form-data; boundary=") == true)
        await server.stop()
    }

    @Test func `a result cut in the middle leaves no file until it is resumed`() async throws {
        let folder = try ScratchFolder()
        let server = try await LoopbackServer.start([
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\netag: \"a\"\r\n\r\n0123"), .close],
            [.send("HTTP/1.1 206 Part\r\ncontent-length: 6\r\ncontent-range: bytes 4-9/10\r\n\r\n456789")],
        ])
        let path = folder.file("clip.mp4")
        let clock = WatchingClock {
            // Between the cut and the next try: the bytes are there, but not under the final name.
            #expect(folder.text("clip.mp4") == nil)
            #expect(folder.names.count == 1)
        }
        _ = try await withClient(server, clock: clock) {
            try await $0.queue.result(makeJob("j"), to: .path(BytePath(path)))
        }
        #expect(folder.text("clip.mp4") == "0123456789")
        #expect(folder.names == ["clip.mp4"])
        #expect(server.requests.last?.header("range") == "bytes=4-")
        #expect(server.requests.last?.header("if-range") == "\"a\"")
        await server.stop()
    }

    @Test func `a cut without a second chance leaves nothing behind`() async throws {
        let folder = try ScratchFolder()
        let cut: [LoopbackServer.Action] = [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123"), .close]
        let server = try await LoopbackServer.start(Array(repeating: cut, count: 8))
        let path = folder.file("clip.mp4")
        let error = try await withClient(server) { client in
            try await failure { () throws(DecartError) in
                try await client.queue.result(JobID("j"), to: .path(BytePath(path)))
            }
        }
        #expect(error.code == .networkError)
        #expect(error.data["job_id"] == "j")
        #expect(folder.names.isEmpty)
        await server.stop()
    }

    @Test func `an unreachable queue says where and that nothing was submitted`() async throws {
        let refusing = try RefusingPort()
        let port = refusing.number
        let submission = try sunset()
        let error = try await withTransport { transport in
            let client = try makeClient(transport, base: "http://127.0.0.1:\(port)")
            return try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
        }
        #expect(error.code == .networkError)
        #expect(error.retryable)
        #expect(error.message.contains("connection refused by 127.0.0.1:\(port)"))
        withExtendedLifetime(refusing) {}
    }

    @Test func `a thousand polls at once go over no more connections than allowed`() async throws {
        let server = try await LoopbackServer.start(
            Array(repeating: LoopbackServer.reply(200, #"{"status":"pending"}"#), count: 1000))
        var configuration = HTTPTransport.Configuration()
        configuration.connectionLimit = 8
        try await withTransport(configuration) { transport in
            let client = try makeClient(transport, base: server.url)
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 { group.addTask { try await client.queue.status(JobID("j\(number)")) } }
                try await group.waitForAll()
            }
        }
        #expect(server.requests.count == 1000)
        #expect(server.connections <= 8)
        await server.stop()
    }
}
