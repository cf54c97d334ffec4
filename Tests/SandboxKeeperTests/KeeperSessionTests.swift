import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import NIOPosix
import RunClock
import SandboxLink
import ScriptPermissions
import SeededNumbers
import Synchronization
import TestSupport
import Testing

@testable import SandboxKeeper

/// The keeper against a script process that is somebody else by now: raw frames over its socket.
@Suite(.timeLimit(.minutes(5)))
struct KeeperSessionTests {
    static let key = "dct_secret_0123456789"

    func with(
        _ server: Server = Server(), permissions: Permissions = Permissions(), mayPay: Bool = true,
        files: ScriptFiles? = nil, display: (any KeeperDisplay)? = nil, loads: (@Sendable ([UInt8]) -> Void)? = nil,
        onSession: (KeeperSession) -> Void = { _ in },
        _ body: (Intruder, Server, News) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let clock = SystemClock()
        let news = News()
        let configuration = ClientConfiguration(apiKey: try APIKey(Self.key), baseURL: try BaseURL("http://queue.test"))
        let client = DecartClient(configuration: configuration, transport: server, clock: clock)
        let group = MultiThreadedEventLoopGroup.singleton
        let settings = KeeperSettings(
            paid: JournaledClient(client, journal: .none(clock: clock), clock: clock),
            transport: { server },
            elsewhere: ElsewhereTransports(on: group, clock: clock, configuration: .init()) { _, _ in
                [NetworkAddress(bytes: [127, 0, 0, 1])].compactMap { $0 }
            },
            permissions: permissions, files: files ?? ScriptFiles(script: BytePath(scratch.file("s.lua")), named: []),
            mayPay: mayPay, clock: clock, news: news, display: display, loads: loads)
        let session = try await KeeperSession.start(settings, socket: ends[0], on: group, greeting: [])
        onSession(session)
        try await body(Intruder(ends[1]), server, news)
        await session.stop()
    }

    private func request(_ method: TransportRequest.Method, _ url: String, headers: [LinkedRequest.Header] = [])
        -> [UInt8]
    {
        LinkedRequest(method: method, url: url, headers: headers).payload
    }

    func submit(_ path: String, terms: JSONValue = [:], model: String = "lucy-2.5") -> [UInt8] {
        LinkedSubmit(isPicture: false, model: model, path: path, parts: [], terms: terms).payload
    }

    /// What the next frame refuses; nil where it is no refusal.
    private func refused(_ intruder: Intruder) async -> DecartError? {
        guard let frame = await intruder.frame() else { return nil }
        if frame.kind == .failure { return try? LinkedFailure(frame.payload).failure.refusal }
        if frame.kind == .outcome, case .failed(let error)? = try? LinkedOutcome(frame.payload) { return error }
        return nil
    }

    @Test(arguments: ["http://queue.test/v1/jobs/job_9", "http://queue.test/v1/account", "http://elsewhere.test/x"])
    func `what the run may not ask never leaves`(_ url: String) async throws {
        try await with { intruder, server, _ in
            intruder.send(Frame(.request, 1, request(.get, url)).bytes)
            #expect(await refused(intruder)?.code == .permissionDenied)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `without a cap nothing is paid for`() async throws {
        try await with(mayPay: false) { intruder, server, _ in
            intruder.send(Frame(.submit, 1, submit("/v1/jobs/lucy-2.5")).bytes)
            #expect(await refused(intruder)?.message.contains("--cap") == true)
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: [
        "/v1/account", "/v1/jobs/", "/v1/jobs/..", "/v1/jobs/a/b", "/v1/generate/x", "/v1/jobs/a?b", "v1/jobs/a",
        "//evil.test/v1/jobs/a",
    ])
    func `a submit goes to the jobs and nowhere else`(_ path: String) async throws {
        try await with { intruder, server, _ in
            intruder.send(Frame(.submit, 1, submit(path)).bytes)
            #expect(await refused(intruder)?.code == .permissionDenied)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a submit's id is known from then on, and the key goes out but not in`() async throws {
        try await with { intruder, server, news in
            intruder.send(Frame(.submit, 1, submit("/v1/jobs/lucy-2.5")).bytes + Frame(.bodyEnd, 1).bytes)
            let outcome = try #require(await intruder.frame())
            #expect(outcome.kind == .outcome)
            #expect(news.jobs.withLock { $0 } == ["job_1"])
            #expect(server.requests.first?.headers.contains { $0.value == Self.key } == true)
            intruder.send(
                Frame(
                    .request, 2,
                    request(
                        .get, "http://queue.test/v1/jobs/job_1",
                        headers: [.init(name: "x-api-key", value: "mine"), .init(name: "cookie", value: "c")])
                ).bytes)
            let head = try #require(await intruder.frame())
            #expect(head.kind == .head)
            #expect(!String(decoding: head.payload, as: UTF8.self).contains(Self.key))
            #expect(!String(decoding: outcome.payload, as: UTF8.self).contains(Self.key))
            let headers = server.requests.last?.headers ?? []
            #expect(headers.map(\.name) == ["user-agent", "x-api-key"])
            #expect(headers.last?.value == Self.key)
        }
    }

    @Test(arguments: [
        ["x-a": "b\r\nx-api-key: c"], ["x-a\r\ny": "b"], ["": "b"], ["a b": "c"], ["x": "\u{0}"],
    ])
    func `a header that would end its line is refused`(_ header: [String: String]) async throws {
        var permissions = Permissions()
        permissions.net.named = [Array("a.test".utf8)]
        try await with(permissions: permissions) { intruder, _, _ in
            let headers = header.map { LinkedRequest.Header(name: $0.key, value: $0.value) }
            intruder.send(Frame(.request, 1, request(.get, "http://a.test/", headers: headers)).bytes)
            #expect(await refused(intruder)?.code == .permissionDenied)
        }
    }

    @Test func `a name with an address of this machine's is refused unless it was named`() async throws {
        var permissions = Permissions()
        permissions.net.allow(nil)
        try await with(permissions: permissions) { intruder, _, _ in
            intruder.send(Frame(.request, 1, request(.get, "http://rebound.test/")).bytes)
            #expect(await refused(intruder)?.message.contains("--allow-net=rebound.test allows") == true)
            intruder.send(Frame(.request, 1, request(.get, "http://rebound.test:8080/")).bytes)
            #expect(await refused(intruder)?.message.contains("--allow-net=rebound.test:8080 allows") == true)
        }
    }

    @Test func `a name that leads to a denied address is refused though it was named`() async throws {
        var permissions = Permissions()
        permissions.net.named = [Array("rebound.test".utf8)]
        permissions.net.denied = [Array("127.0.0.1".utf8)]
        try await with(permissions: permissions) { intruder, _, _ in
            intruder.send(Frame(.request, 1, request(.get, "http://rebound.test/")).bytes)
            #expect(await refused(intruder)?.message.contains("127.0.0.1, which --deny-net takes away") == true)
        }
    }

    @Test func `a file that is waited for keeps nobody else waiting`() async throws {
        let scratch = try ScratchFolder()
        let pipe = scratch.file("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        try await with(files: ScriptFiles(script: BytePath(pipe), named: [])) { intruder, _, _ in
            intruder.send(
                Frame(.question, 1, LinkedQuestion.chunk(Array(pipe.utf8)).payload).bytes
                    + Frame(.request, 2, request(.get, "http://elsewhere.test/x")).bytes)
            #expect(await refused(intruder)?.code == .permissionDenied)
            let writer = open(pipe, O_WRONLY)
            try #require(writer >= 0)
            _ = write(writer, "text", 4)
            close(writer)
            let frame = try #require(await intruder.frame())
            guard case .file(_, let bytes) = try LinkedAnswer(frame.payload) else {
                Issue.record("\(frame)")
                return
            }
            #expect(bytes == Array("text".utf8))
        }
    }

    static let junk: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), Frame(.greeting).bytes, Frame(.head, 1).bytes,
        Frame(.request, 1, [1, 2, 3]).bytes, Frame(.submit, 1).bytes, Frame(.credit, 1, [0xFF, 0xFF]).bytes,
        [0xFF, 0xFF, 0xFF, 0xFF, 34, 0, 0, 0, 0], Frame(.question, 1, [9]).bytes,
    ]

    @Test(arguments: junk)
    func `whoever sends what is no frame is hung up on and named`(_ bytes: [UInt8]) async throws {
        try await with { intruder, server, news in
            intruder.send(bytes)
            #expect(await intruder.frame() == nil)
            #expect(news.faults.withLock { $0.count } == 1)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `more requests than may be open are a fault`() async throws {
        let server = Server { _ in
            // Until the link ends.
            let (endless, end) = AsyncStream<Never>.makeStream()
            for await _ in endless {}
            end.finish()
            return TransportReply(status: 500)
        }
        try await with(server) { intruder, _, news in
            for number in 1...UInt32(KeeperSession.requestLimit + 1) {
                intruder.send(Frame(.request, number, request(.get, "http://queue.test/v1/jobs/job_9")).bytes)
            }
            // Each of those was refused at once, so none is open: they are no fault.
            #expect(await refused(intruder)?.code == .permissionDenied)
            #expect(news.faults.withLock { $0.isEmpty })
            for number in 1...UInt32(KeeperSession.requestLimit + 1) {
                intruder.send(Frame(.submit, 10_000 + number, submit("/v1/jobs/lucy-2.5")).bytes)
            }
            while await intruder.frame() != nil {}
            #expect(news.faults.withLock { $0.count } == 1)
        }
    }

    @Test func `a reply waits until what was sent of it has been taken`() async throws {
        let size = 4 << 20
        let server = Server { request in
            if request.method == .post {
                return TransportReply(
                    status: 200, body: .bytes(JSONValue.object(["job_id": "job_1", "status": "pending"]).serialized()))
            }
            let left = Mutex(size)
            return TransportReply(
                status: 200,
                body: .stream(
                    ByteStream { () async throws(TransportError) in
                        left.withLock { left in
                            guard left > 0 else { return nil }
                            left -= 65536
                            return [UInt8](repeating: 1, count: 65536)
                        }
                    }))
        }
        try await with(server) { intruder, _, news in
            intruder.send(Frame(.submit, 1, submit("/v1/jobs/lucy-2.5")).bytes + Frame(.bodyEnd, 1).bytes)
            _ = await intruder.frame()
            intruder.send(
                Frame(
                    .request, 2,
                    LinkedRequest(method: .get, url: "http://queue.test/v1/jobs/job_1/content", streamsReply: true)
                        .payload
                ).bytes)
            #expect(await intruder.frame()?.kind == .head)
            var received = 0
            var taken = 0
            while received < CreditGate.window {
                received += try #require(await intruder.frame()).payload.count
            }
            #expect(received <= CreditGate.window + 65536)
            while received < size {
                var credit = FieldWriter()
                credit.add(UInt32(received - taken))
                taken = received
                intruder.send(Frame(.credit, 2, credit.bytes).bytes)
                received += try #require(await intruder.frame()).payload.count
            }
            #expect(received == size)
            #expect(news.faults.withLock { $0.isEmpty })
        }
    }

    @Test func `what is to be sent has one bound for all requests, and what goes makes room`() async throws {
        var permissions = Permissions()
        permissions.net.named = [Array("a.test".utf8)]
        try await with(permissions: permissions) { intruder, _, news in
            func post(_ number: UInt32, _ body: LinkedRequest.Body) {
                let request = LinkedRequest(method: .post, url: "http://a.test/", body: body)
                intruder.send(Frame(.request, number, request.payload).bytes)
            }
            post(1, .bytes(size: LinkLoad.plainLimit))
            post(2, .bytes(size: LinkLoad.plainLimit))
            #expect(await refused(intruder)?.message.contains("may have 12 MiB") == true)
            post(3, .form([LinkedPart(name: "f", content: .file(name: [], type: "t", size: 4 << 30))]))
            post(4, .form([LinkedPart(name: "f", content: .file(name: [], type: "t", size: 1 << 20))]))
            #expect(await refused(intruder)?.message.contains("4 GiB in files") == true)
            // Whoever lets go of one has its room.
            intruder.send(Frame(.cancel, 1).bytes + Frame(.cancel, 3).bytes)
            #expect(await intruder.frame()?.kind == .failure)
            #expect(await intruder.frame()?.kind == .failure)
            post(5, .bytes(size: LinkLoad.plainLimit))
            post(6, .form([LinkedPart(name: "f", content: .file(name: [], type: "t", size: 4 << 30))]))
            post(7, .bytes(size: LinkLoad.plainLimit + 1))
            #expect(await refused(intruder)?.message.contains("may have 8 MiB") == true)
            #expect(news.faults.withLock { $0.isEmpty })
        }
    }

    @Test func `what the keeper reads itself is short`() async throws {
        try await with { intruder, server, _ in
            let url = "http://queue.test/v1/models/resolve"
            for size in [LinkLoad.jsonLimit + 1, 8 << 20] {
                intruder.send(
                    Frame(.request, 1, LinkedRequest(method: .post, url: url, body: .json(size: size)).payload).bytes)
                #expect(await refused(intruder)?.message.contains("may have 4 KiB") == true)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: [3, 5])
    func `a body of another size than was said is not sent`(_ count: Int) async throws {
        try await with { intruder, server, _ in
            let request = LinkedRequest(
                method: .post, url: "http://queue.test/v1/models/resolve", body: .json(size: 4))
            intruder.send(
                Frame(.request, 1, request.payload).bytes + Frame(.body, 1, Array("true ".utf8.prefix(count))).bytes
                    + Frame(.bodyEnd, 1).bytes)
            #expect(await refused(intruder)?.message.contains("than was said") == true)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `replies that nobody takes wait where they come from`() async throws {
        let pulled = Atomic(0)
        let server = Server { request in
            guard request.method == .get else {
                let json: JSONValue = ["job_id": "job_1", "status": "pending"]
                return TransportReply(status: 200, body: .bytes(json.serialized()))
            }
            return TransportReply(
                status: 200,
                body: .stream(
                    ByteStream { () async throws(TransportError) in
                        pulled.add(1, ordering: .relaxed)
                        return [UInt8](repeating: 1, count: 60_000)
                    }))
        }
        try await with(server) { intruder, _, news in
            intruder.send(Frame(.submit, 1, submit("/v1/jobs/lucy-2.5")).bytes + Frame(.bodyEnd, 1).bytes)
            _ = await intruder.frame()
            let count: UInt32 = 100
            for number in 2..<(2 + count) {
                intruder.send(Frame(.request, number, request(.get, "http://queue.test/v1/jobs/job_1/content")).bytes)
            }
            var chunks = 0
            while chunks < 2 * Int(count) {
                if try #require(await intruder.frame()).kind == .chunk { chunks += 1 }
                // One each waits with the keeper, and a few are on their way.
                #expect(pulled.load(ordering: .relaxed) - chunks < Int(count) + 40)
            }
            #expect(news.faults.withLock { $0.isEmpty })
        }
    }

    @Test func `ten thousand random frames do no harm`() async throws {
        var numbers = SplitMix64(seed: 7)
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0..<50 {
                let kinds = FrameKind.allCases.filter { $0.direction == .toKeeper }
                let kind = kinds[Int(numbers.next() % UInt64(kinds.count))]
                let payload = (0..<Int(numbers.next() % 40)).map { _ in UInt8(truncatingIfNeeded: numbers.next()) % 8 }
                bytes += Frame(kind, UInt32(numbers.next() % 4), payload).bytes
            }
            let sent = bytes
            try await with { intruder, server, _ in
                intruder.send(sent)
                shutdown(intruder.descriptor, Int32(SHUT_WR))
                while await intruder.frame() != nil {}
                #expect(server.requests.isEmpty)
            }
        }
    }
}
