import DecartAPI
import NIOHTTP1
import TestSupport
import Testing

@testable import DecartClient

@Suite(.timeLimit(.minutes(5)))
struct ProxyTests {
    /// A client of https://queue.test, a name that only the proxy knows.
    private func withProxy<T>(
        _ credentials: String = "", exceptions: String = "", refusal: String? = nil,
        connectTimeout: Duration = .seconds(10),
        _ body: (DecartClient, ConnectProxy, TLSServer) async throws -> T
    ) async throws -> T {
        let authority = try await TestAuthority()
        let server = try await TLSServer.start(authority.identity("DNS:queue.test"), protocols: ["http/1.1"])
        let proxy = try await ConnectProxy.start(to: server.port, refusal: refusal)
        var configuration = try HTTPTransport.Configuration.fromEnvironment([
            "SSL_CERT_FILE": authority.file, "HTTPS_PROXY": "http://\(credentials)127.0.0.1:\(proxy.port)",
            "NO_PROXY": exceptions,
        ])
        configuration.connectTimeout = connectTimeout
        let value = try await withTransport(configuration) { transport in
            try await body(makeClient(transport), proxy, server)
        }
        await proxy.stop()
        await server.stop()
        return value
    }

    @Test func `https goes through a tunnel, and the proxy never sees the key`() async throws {
        try await withProxy { client, proxy, server in
            #expect(try await client.queue.submit(sunset()).id.text == "j")
            _ = try await client.queue.status(JobID("j"))
            #expect(server.seen.map(\.head.method) == [.POST, .GET])
            #expect(server.seen.allSatisfy { $0.head.headers["x-api-key"] == [secretKey] })
            #expect(proxy.heads.count == 2)
            #expect(proxy.heads.allSatisfy { $0.hasPrefix("CONNECT queue.test:443 HTTP/1.1\r\n") })
            let received = proxy.received
            for secret in [secretKey, "x-api-key", "sunset"] {
                #expect(received.firstRange(of: Array(secret.utf8)) == nil)
            }
        }
    }

    @Test func `the proxy gets its own name and password, and only the proxy does`() async throws {
        try await withProxy("me:p%40ss@") { client, proxy, server in
            _ = try await client.queue.status(JobID("j"))
            #expect(proxy.heads.first?.lowercased().contains("proxy-authorization: basic bwu6cebzcw==") == true)
            #expect(server.seen.first?.head.headers["proxy-authorization"].isEmpty == true)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n", "user name and password"),
        ("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", "refused to connect"),
    ])
    func `a proxy that opens no tunnel is told apart from the queue`(refusal: String, words: String) async throws {
        let submission = try sunset()
        let (error, seen) = try await withProxy("me:hidden@", refusal: refusal) { client, _, server in
            let error = try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
            return (error, server.seen)
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains(words))
        #expect(error.message.contains("through the proxy 127.0.0.1:"))
        #expect(!error.message.contains("hidden"))
        #expect(error.message.contains("No job was submitted"))
        #expect(seen.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 000 X\r\n\r\n", "HTTP/1.1 999 X\r\ncontent-length: 1\r\n\r\nx", "HTTP/1.1 101 X\r\n\r\nx",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 100 X\r\n\r\nHTTP/1.1 403 X\r\n\r\n", "HTTP/1.1 407 X\r\n\r\nHTTP/1.1 407 X\r\n\r\n",
        "garbage\r\n\r\n", "\0",
    ])
    func `whatever a proxy answers in place of a tunnel, no job is submitted and the process goes on`(
        answer: String
    ) async throws {
        let submission = try sunset()
        let error = try await withProxy(refusal: answer, connectTimeout: .seconds(1)) { client, _, _ in
            try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains("No job was submitted"))
    }

    @Test func `what NO_PROXY names is not asked for through it`() async throws {
        try await withProxy(exceptions: "queue.test") { client, proxy, _ in
            let error = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
            #expect(error.code == .networkError)
            #expect(error.message.contains("queue.test"))
            #expect(proxy.heads.isEmpty)
        }
    }

    @Test func `this machine is never asked for through a proxy`() async throws {
        let server = try await LoopbackServer.start([LoopbackServer.reply(200, #"{"status":"pending"}"#)])
        let proxy = try await ConnectProxy.start(to: 9)
        let configuration = try HTTPTransport.Configuration.fromEnvironment([
            "http_proxy": "http://127.0.0.1:\(proxy.port)"
        ])
        _ = try await withTransport(configuration) { transport in
            try await makeClient(transport, base: server.url).queue.status(makeJob())
        }
        #expect(proxy.heads.isEmpty)
        await proxy.stop()
        await server.stop()
    }
}
