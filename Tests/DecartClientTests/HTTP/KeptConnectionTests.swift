import DecartAPI
import NIOCore
import RunClock
import Testing

@testable import DecartClient

/// The short way of polls.
@Suite(.timeLimit(.minutes(5)))
struct KeptConnectionTests {
    private static let ok = LoopbackServer.reply(200, #"{"status":"pending"}"#)

    /// What came of so many polls, none of them repeated by the client.
    private func poll(
        _ script: [[LoopbackServer.Action]], times: Int, _ way: Way = .kept
    ) async throws -> (outcomes: [DecartErrorCode?], server: LoopbackServer) {
        let server = try await LoopbackServer.start(script)
        let outcomes = try await withTransport(way.configuration) { transport in
            let client = try makeClient(way.transport(over: transport), base: server.url, maxRetries: 0)
            var outcomes: [DecartErrorCode?] = []
            for number in 0..<times {
                do throws(DecartError) {
                    _ = try await client.queue.status(JobID("j\(number)"))
                    outcomes.append(nil)
                } catch {
                    outcomes.append(error.code)
                }
            }
            return outcomes
        }
        await server.stop()
        return (outcomes, server)
    }

    @Test(arguments: [LoopbackServer.Action.close, .reset])
    func `a poll that met a connection's end goes out once more, on a new one`(end: LoopbackServer.Action) async throws
    {
        let (outcomes, server) = try await poll([Self.ok, [end], Self.ok, Self.ok], times: 3)
        #expect(outcomes == [nil, nil, nil])
        #expect(server.requests.map(\.connection) == [0, 0, 1, 1])
        #expect(Set(server.requests.map(\.line)).count == 3)
    }

    @Test func `but not twice, and not when something of a reply has come`() async throws {
        let (twice, first) = try await poll([Self.ok, [.close], [.close], Self.ok], times: 2)
        #expect(twice == [nil, .networkError])
        #expect(first.requests.count == 3)
        for beginning in ["H", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            let (cut, second) = try await poll([Self.ok, [.send(beginning), .close], Self.ok], times: 2)
            #expect(cut == [nil, .networkError])
            #expect(second.requests.count == 2)
        }
        let (fresh, third) = try await poll([[.close], Self.ok], times: 1)
        #expect(fresh == [.networkError])
        #expect(third.requests.count == 1)
    }

    @Test(arguments: ["connection: close", "Connection: Close, x"])
    func `a connection that the server gives up is not used again`(header: String) async throws {
        let last: [LoopbackServer.Action] = [
            .send("HTTP/1.1 200 OK\r\n\(header)\r\ncontent-length: 20\r\n\r\n{\"status\":\"pending\"}")
        ]
        let (outcomes, server) = try await poll([last, last, Self.ok], times: 3)
        #expect(outcomes == [nil, nil, nil])
        #expect(server.requests.map(\.connection) == [0, 1, 2])
    }

    @Test func `all ways put the same request on the wire`() async throws {
        var heads: [[String]] = []
        for way in Way.ofPolls {
            let (outcomes, server) = try await poll([Self.ok, Self.ok], times: 2, way)
            #expect(outcomes == [nil, nil])
            for request in server.requests {
                #expect(request.header("x-api-key") == secretKey)
                #expect(request.header("host")?.hasPrefix("127.0.0.1:") == true)
                let lines = request.head.split(separator: "\r\n").map { $0.lowercased() }
                heads.append([lines[0]] + lines.dropFirst().filter { !$0.hasPrefix("host:") }.sorted())
            }
        }
        #expect(heads.count == 6)
        for poll in 0..<2 { #expect(Set([heads[poll], heads[2 + poll], heads[4 + poll]]).count == 1) }
    }

    @Test func `what the short way is not made for goes the other way`() async throws {
        let server = try await LoopbackServer.start(Array(repeating: Self.ok, count: 8))
        try await withTransport { transport in
            let plain = TransportRequest(.get, url: server.url + "/v1/jobs/j?x=%20", headers: [("x-api-key", "k")])
            #expect(transport.kept.target(of: plain)?.path == nil)
            _ = try await transport.send(plain)
            #expect(transport.kept.target(of: plain)?.path == "/v1/jobs/j?x=%20")
            let url = plain.url
            let others = [
                TransportRequest(.post, url: url), TransportRequest(.get, url: url, streamsReply: true),
                TransportRequest(.get, url: url, needsFreshConnection: true),
                TransportRequest(.get, url: url, body: .json([:])), TransportRequest(.get, url: url + "#x"),
                TransportRequest(.get, url: url + " x"), TransportRequest(.get, url: server.url + "0/v1/jobs/j"),
                TransportRequest(.get, url: url, headers: [("x-api-key", "k\r\nx: 1")]),
                TransportRequest(.get, url: url, headers: [("connection", "close")]),
            ]
            for request in others { #expect(transport.kept.target(of: request)?.path == nil) }
        }
        await server.stop()
    }

    @Test func `requests that are not like polls take no server's place`() async throws {
        var servers: [LoopbackServer] = []
        for _ in 0..<10 { servers.append(try await LoopbackServer.start([Self.ok])) }
        try await withTransport { transport in
            for server in servers.dropLast() {
                _ = try await transport.send(TransportRequest(.get, url: server.url + "/x", streamsReply: true))
            }
            let poll = TransportRequest(.get, url: servers[9].url + "/x")
            _ = try await transport.send(poll)
            #expect(transport.kept.target(of: poll) != nil)
        }
        for server in servers { await server.stop() }
    }

    @Test func `a connection that nothing has used for a while is closed`() async throws {
        let server = try await LoopbackServer.start([Self.ok, Self.ok, Self.ok, Self.ok])
        let clock = VirtualClock()
        var configuration = HTTPTransport.Configuration()
        configuration.keptConnectionClock = clock
        let limit = configuration.idleConnectionTimeout
        try await withTransport(configuration) { transport in
            let poll = TransportRequest(.get, url: server.url + "/x")
            _ = try await transport.send(poll)
            clock.advance(by: limit - .seconds(1))
            _ = try await transport.send(poll)
            // What the first use has asked for is no end to it after the second.
            clock.advance(by: .seconds(1))
            _ = try await transport.send(poll)
            clock.advance(by: limit)
            #expect(try await free(transport, poll) == 0)
            _ = try await transport.send(poll)
            #expect(try await free(transport, poll) == 1)
        }
        #expect(server.requests.map(\.connection) == [0, 0, 0, 1])
        await server.stop()
    }

    /// How many connections a request like that could have.
    private func free(_ transport: HTTPTransport, _ request: TransportRequest) async throws -> Int {
        let origin = try #require(transport.kept.target(of: request)?.origin)
        return try await origin.loop.submit { origin.freeCount }.get()
    }
}
