import DecartAPI
import NIOCore
import NIOPosix
import RunClock
import Testing

@testable import DecartClient

/// Runs `body` with a transport that is shut down afterwards.
func withTransport<T>(
    _ configuration: HTTPTransport.Configuration = .init(), _ body: (HTTPTransport) async throws -> T
) async throws -> T {
    let transport = HTTPTransport(configuration: configuration)
    do {
        let value = try await body(transport)
        await transport.shutdown()
        return value
    } catch {
        await transport.shutdown()
        throw error
    }
}

struct HTTPTransportTests {
    private func send(
        _ request: TransportRequest
    ) async throws -> Result<TransportReply, TransportError> {
        try await withTransport { transport in
            do throws(TransportError) {
                return .success(try await transport.send(request))
            } catch {
                return .failure(error)
            }
        }
    }

    /// - Parameter idleTimeout: short only for a server that falls silent, which has to be sat through in real time.
    private func failure(
        _ script: [LoopbackServer.Action], _ way: Way, idleTimeout: Duration = .seconds(30)
    ) async throws -> TransportError {
        let server = try await LoopbackServer.start([script])
        let request = TransportRequest(
            .get, url: server.url + "/x", headers: [("x-api-key", secretKey)], idleTimeout: idleTimeout,
            streamsReply: way == .stream)
        let failure = try await withTransport(way.configuration) { transport in
            let ways = way.transport(over: transport)
            let failure = await #expect(throws: TransportError.self) { try await ways.send(request) }
            way.expectTaken(by: request, of: transport)
            return failure
        }
        await server.stop()
        guard let failure else { throw Unexpected.success }
        #expect(!failure.reason.contains(secretKey))
        return failure
    }

    @Test func `a request arrives as it was made and its reply comes back whole`() async throws {
        let server = try await LoopbackServer.start([LoopbackServer.reply(201, "hello", "x-a: 1", "X-B: 2")])
        let request = TransportRequest(
            .post, url: server.url + "/v1/a%20b?c=d", headers: [("x-one", "1"), ("x-two", "2")],
            body: .json(["a": 1]))
        let reply = try await send(request).get()
        #expect(reply.status == 201)
        #expect(reply.header("x-b") == "2")
        guard case .bytes(let body) = reply.body else { throw Unexpected.noValue }
        #expect(body == Array("hello".utf8))
        let received = try #require(server.requests.first)
        #expect(received.line == "POST /v1/a%20b?c=d HTTP/1.1")
        #expect(received.header("x-two") == "2")
        #expect(received.header("content-type") == "application/json")
        #expect(received.header("content-length") == "7")
        #expect(String(decoding: received.body, as: UTF8.self) == #"{"a":1}"#)
        await server.stop()
    }

    @Test func `a refused port is neverSent and names host and port`() async throws {
        let refusing = try RefusingPort()
        let port = refusing.number
        let result = try await send(TransportRequest(.get, url: "http://127.0.0.1:\(port)/"))
        guard case .failure(let failure) = result else { throw Unexpected.success }
        #expect(failure.kind == .network)
        #expect(failure.reach == .neverSent)
        #expect(failure.reason == "connection refused by 127.0.0.1:\(port)")
        withExtendedLifetime(refusing) {}
    }

    @Test func `a TLS handshake that does not come about is neverSent`() async throws {
        // The server waits for the end of a request, the client for an answer: the handshake's time has to run out.
        let server = try await LoopbackServer.start([])
        var configuration = HTTPTransport.Configuration()
        configuration.connectTimeout = .milliseconds(150)
        let error = try await withTransport(configuration) { transport in
            await #expect(throws: TransportError.self) {
                try await transport.send(
                    TransportRequest(.post, url: "https://127.0.0.1:\(server.port)/", needsFreshConnection: true))
            }
        }
        #expect(error?.kind == .timeout)
        #expect(error?.reach == .neverSent)
        await server.stop()
    }

    @Test func `what is no URL is neverSent`() async throws {
        let urls = [
            "", "nonsense", "ftp://h/", "http://", "http:///x", "http://[]/x", "http://[]:80", "http://[::1/x",
            "http://]/",
            "http://127.0.0.1:65536/", "http://127.0.0.1:99999999999999999999/", "http://127.0.0.1:-1/",
            "http://127.0.0.1:0/",
            "http://[::1]:70000/", "http://h:70000/", "http://h:x/", "http://:80/", "http://@/", "http://u@:1/",
            "http://?x",
            "http://#x", "http+unix://%2Ftmp%2Fx/", "unix:///tmp/x", "https+unix://%2Ftmp/", "file:///etc/passwd",
            "http:/h", "http:h", "HTTP://", "http://%00/", "http://%/", "http://h%2Fx:1/", "http://h%0D%0Ax/",
            "http://h%20x/", "http://h%40x/", "http://[v1.x]/",
            "http://[::1%25lo]:1/",
        ]
        for url in urls {
            let result = try await send(TransportRequest(.get, url: url))
            guard case .failure(let failure) = result else { throw Unexpected.success }
            #expect(failure.reach == .neverSent)
        }
    }

    @Test(arguments: Way.allCases)
    func `a connection closed or reset before the reply is maybeSent`(way: Way) async throws {
        for action in [LoopbackServer.Action.close, .reset] {
            let failure = try await failure([action], way)
            #expect(failure.kind == .network)
            #expect(failure.reach == .maybeSent)
        }
    }

    @Test(arguments: Way.allCases)
    func `what is not HTTP is a network failure`(way: Way) async throws {
        let failure = try await failure([.send("SSH-2.0-OpenSSH_9.2\r\n\r\n"), .close], way)
        #expect(failure.kind == .network)
        #expect(failure.reach == .maybeSent)
    }

    @Test(arguments: Way.allCases)
    func `a reply that never comes, or never ends, times out`(way: Way) async throws {
        let failure = try await failure([.hang], way, idleTimeout: .seconds(1))
        #expect(failure.kind == .timeout)
        #expect(failure.reach == .maybeSent)
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "HTTP/1.1 ", "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;",
        ], Way.ofPolls)
    func `a reply that only trickles in is not waited for for ever`(beginning: String, way: Way) async throws {
        let failure = try await failure([.send(beginning), .trickle], way, idleTimeout: .seconds(1))
        #expect(failure.kind == .timeout || failure.kind == .network)
        #expect(failure.reach == .maybeSent)
    }

    @Test(.timeLimit(.minutes(5))) func `nor is a refusal's body, while a clip's may take its time`() async throws {
        let beginnings = [404, 200].map { "HTTP/1.1 \($0) Any\r\n\r\n" }
        let server = try await LoopbackServer.start(beginnings.map { [.send($0), .trickle] })
        try await withTransport { transport in
            let request = TransportRequest(.get, url: server.url, idleTimeout: .seconds(15), streamsReply: true)
            guard case .stream(let refusal) = try await transport.send(request).body else { throw Unexpected.noValue }
            let error = await #expect(throws: TransportError.self) {
                while try await refusal.next() != nil {}
            }
            #expect(error?.kind == .timeout)
            #expect(error?.reason.contains("had not sent its whole reply after 15.0 s") == true)
            guard case .stream(let clip) = try await transport.send(request).body else { throw Unexpected.noValue }
            var received = 0
            // One byte every ten milliseconds, or fewer: for longer than the refusal was given.
            while received < 1700, let chunk = try await clip.next() { received += chunk.count }
            #expect(received >= 1700)
        }
        await server.stop()
    }

    @Test(arguments: Way.ofPolls)
    func `a body shorter than promised is a network failure`(way: Way) async throws {
        let failure = try await failure([.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), .close], way)
        #expect(failure.kind == .network)
        #expect(failure.reach == .maybeSent)
    }

    @Test func `a streamed body that breaks off gives its bytes first and then fails`() async throws {
        let server = try await LoopbackServer.start([
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), .close]
        ])
        try await withTransport { transport in
            let reply = try await transport.send(TransportRequest(.get, url: server.url, streamsReply: true))
            guard case .stream(let stream) = reply.body else { throw Unexpected.noValue }
            var bytes: [UInt8] = []
            await #expect(throws: TransportError.self) {
                while let chunk = try await stream.next() { bytes += chunk }
            }
            #expect(bytes == Array("half".utf8))
        }
        await server.stop()
    }

    @Test func `a streamed body that falls silent times out`() async throws {
        let server = try await LoopbackServer.start([
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), .hang]
        ])
        try await withTransport { transport in
            let reply = try await transport.send(
                TransportRequest(.get, url: server.url, idleTimeout: .seconds(15), streamsReply: true))
            guard case .stream(let stream) = reply.body else { throw Unexpected.noValue }
            let error = await #expect(throws: TransportError.self) {
                while try await stream.next() != nil {}
            }
            #expect(error?.kind == .timeout)
        }
        await server.stop()
    }

    @Test(arguments: Way.ofPolls)
    func `a reply too long to be collected is a failure, streamed it is not`(way: Way) async throws {
        let body = String(repeating: "x", count: 3000)
        let server = try await LoopbackServer.start([LoopbackServer.reply(200, body), LoopbackServer.reply(200, body)])
        var configuration = way.configuration
        configuration.collectedReplyLimit = 2000
        try await withTransport(configuration) { transport in
            let request = TransportRequest(.get, url: server.url + "/x")
            await #expect(throws: TransportError.self) { try await way.transport(over: transport).send(request) }
            way.expectTaken(by: request, of: transport)
            let reply = try await transport.send(TransportRequest(.get, url: server.url + "/x", streamsReply: true))
            #expect(await reply.collected(upTo: .max).count == 3000)
        }
        await server.stop()
    }

    @Test(arguments: Way.ofPolls)
    func `reads share connections and every submit has one of its own`(way: Way) async throws {
        let server = try await LoopbackServer.start(Array(repeating: LoopbackServer.reply(200, "{}"), count: 40))
        try await withTransport(way.configuration) { transport in
            let ways = way.transport(over: transport)
            for number in 0..<40 {
                let fresh = number % 2 == 1
                _ = try await (fresh ? transport : ways).send(
                    TransportRequest(
                        fresh ? .post : .get, url: server.url + "/x", body: fresh ? .json([:]) : .none,
                        needsFreshConnection: fresh))
            }
            way.expectTaken(by: TransportRequest(.get, url: server.url + "/x"), of: transport)
        }
        let submits = server.requests.filter { $0.line.hasPrefix("POST") }.map(\.connection)
        let reads = Set(server.requests.filter { $0.line.hasPrefix("GET") }.map(\.connection))
        #expect(Set(submits).count == 20)
        #expect(reads.isDisjoint(with: submits))
        #expect(reads.count == 1)
        await server.stop()
    }

    @Test(arguments: [Way.kept, .client, .stream]) func `a cancelled request ends at once`(way: Way) async throws {
        let server = try await LoopbackServer.start([[.hang], [.hang]])
        try await withTransport(way.configuration) { transport in
            for _ in 0..<2 {
                let url = server.url + "/x"
                let sent = Gate()
                let task = Task { () -> TransportError.Kind? in
                    let request = TransportRequest(
                        .get, url: url, streamsReply: way == .stream, onSending: { Task { _ = await sent.pass() } })
                    do throws(TransportError) { _ = try await transport.send(request) } catch { return error.kind }
                    return nil
                }
                await sent.arrival()
                sent.open()
                task.cancel()
                #expect(await task.value == .cancelled)
                let request = TransportRequest(.get, url: url, streamsReply: way == .stream)
                way.expectTaken(by: request, of: transport)
            }
        }
        await server.stop()
    }

    @Test func `two thousand cancelled requests leave no slot taken`() async throws {
        let server = try await LoopbackServer.start(
            [LoopbackServer.reply(200)] + Array(repeating: [.hang], count: 2000))
        var configuration = HTTPTransport.Configuration()
        configuration.connectionLimit = 4
        try await withTransport(configuration) { transport in
            let url = server.url + "/x"
            _ = try await transport.send(TransportRequest(.get, url: url))
            Way.kept.expectTaken(by: TransportRequest(.get, url: url), of: transport)
            let tasks = (0..<2000).map { number in
                Task {
                    try? await transport.send(
                        TransportRequest(
                            .get, url: url, streamsReply: number % 2 == 0, needsFreshConnection: number % 3 == 0))
                }
            }
            // Some are under way by now, most are in line, some have not begun: all of them end.
            for task in tasks { task.cancel() }
            for task in tasks { #expect((await task.value)?.status == nil) }
            #expect(transport.limiter.waiting == 0)
            var slots: [ConnectionSlot?] = []
            for _ in 0..<4 { slots.append(await transport.limiter.acquire()) }
            #expect(slots.count { $0 != nil } == 4)
        }
        await server.stop()
    }

    @Test func `letting go of a streamed body gives its connection back`() async throws {
        let half: [LoopbackServer.Action] = [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), .hang]
        let server = try await LoopbackServer.start([half, half, half, LoopbackServer.reply(200)])
        var configuration = HTTPTransport.Configuration()
        configuration.connectionLimit = 1
        try await withTransport(configuration) { transport in
            for _ in 0..<3 {
                _ = try await transport.send(TransportRequest(.get, url: server.url, streamsReply: true))
            }
            let request = TransportRequest(.get, url: server.url + "/x")
            #expect(try await transport.send(request).status == 200)
            Way.kept.expectTaken(by: request, of: transport)
        }
        await server.stop()
    }

    @Test func `after shutdown a request is neverSent`() async throws {
        let transport = HTTPTransport()
        await transport.shutdown()
        await transport.shutdown()
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(TransportRequest(.get, url: "http://127.0.0.1:1/"))
        }
        #expect(error?.reach == .neverSent)
    }

    @Test func `virtual time stands still while a request is under way`() async throws {
        let server = try await LoopbackServer.start([[.hang]])
        let clock = VirtualClock(mode: .automatic)
        let transport = HTTPTransport(clock: clock)
        let sent = Gate()
        let url = server.url + "/x"
        let task = Task {
            try? await transport.send(TransportRequest(.get, url: url, onSending: { Task { _ = await sent.pass() } }))
        }
        await sent.arrival()
        Way.kept.expectTaken(by: TransportRequest(.get, url: url), of: transport)
        _ = clock.wake(at: clock.now + .seconds(1)) {}
        clock.ownerIsIdle()
        #expect(clock.now == .start)
        sent.open()
        task.cancel()
        _ = await task.value
        // The end of the request moves nothing by itself: the owner has to say that there is nothing else to do.
        #expect(clock.now == .start)
        clock.ownerIsIdle()
        #expect(clock.now == .start + .seconds(1))
        await transport.shutdown()
        await server.stop()
    }
}
