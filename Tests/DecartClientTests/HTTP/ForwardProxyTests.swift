import DecartAPI
import Testing

@testable import DecartClient

/// Plain `http` through a proxy, which asks the server itself.
struct ForwardProxyTests {
    private static let job = LoopbackServer.reply(200, #"{"job_id":"j","status":"pending"}"#)

    private func withProxy<T>(
        _ script: [[LoopbackServer.Action]], credentials: String = "", exceptions: String = "",
        base: String = "http://queue.test", _ body: (DecartClient, LoopbackServer) async throws -> T
    ) async throws -> T {
        let proxy = try await LoopbackServer.start(script)
        let configuration = try HTTPTransport.Configuration.fromEnvironment([
            "http_proxy": "http://\(credentials)127.0.0.1:\(proxy.port)", "no_proxy": exceptions,
        ])
        let value = try await withTransport(configuration) { transport in
            try await body(makeClient(transport, base: base, maxRetries: 0), proxy)
        }
        await proxy.stop()
        return value
    }

    @Test(arguments: [
        ("http://queue.test", "queue.test"), ("http://queue.test:80", "queue.test"),
        ("http://queue.test:8080/a%2Fb", "queue.test:8080"), ("http://[2001:db8::1]:81", "[2001:db8::1]:81"),
    ])
    func `the proxy is told the whole address, and no tunnel is asked for`(base: String, host: String) async throws {
        let path = base.hasSuffix("/a%2Fb") ? "/a%2Fb" : ""
        try await withProxy([Self.job, Self.job, Self.job], base: base) { client, proxy in
            for _ in 0..<2 { _ = try await client.queue.status(JobID("j")) }
            #expect(try await client.queue.submit(sunset()).id.text == "j")
            let lines = proxy.requests.map(\.line)
            #expect(lines[0] == "GET http://\(host)\(path)/v1/jobs/j HTTP/1.1")
            #expect(lines[1] == lines[0])
            #expect(lines[2].hasPrefix("POST http://\(host)\(path)/v1/jobs/lucy-pro-t2v HTTP/1.1"))
            #expect(proxy.requests.allSatisfy { $0.header("host") == host })
            #expect(proxy.requests.allSatisfy { $0.header("x-api-key") == secretKey })
            #expect(proxy.requests.allSatisfy { $0.header("proxy-authorization") == nil })
            // Polls share a connection to the proxy, the submit has one of its own.
            #expect(proxy.requests.map(\.connection) == [0, 0, 1])
        }
    }

    @Test func `the proxy gets its name and password`() async throws {
        try await withProxy([Self.job], credentials: "me:p%40ss@") { client, proxy in
            _ = try await client.queue.status(JobID("j"))
            #expect(proxy.requests.first?.header("proxy-authorization") == "Basic bWU6cEBzcw==")
        }
    }

    @Test func `a proxy that wants a password says so, and no job is submitted twice for it`() async throws {
        let refusal = LoopbackServer.reply(407, "no", "proxy-authenticate: Basic realm=x")
        let submission = try sunset()
        try await withProxy([refusal, refusal], credentials: "me:hidden@") { client, proxy in
            let status = try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
            let submit = try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
            for error in [status, submit] {
                #expect(error.message.contains("The proxy wants a user name and a password"))
                #expect(!error.message.contains("hidden"))
            }
            #expect(submit.code == .queueSubmitError)
            #expect(proxy.requests.count == 2)
        }
    }

    @Test func `a redirect goes through the proxy again, to the other server's whole address`() async throws {
        let redirect = LoopbackServer.reply(302, "", "location: http://other.test/f?sig=%2F#part")
        try await withProxy([redirect, Self.job]) { client, proxy in
            _ = try await client.queue.status(JobID("j"))
            #expect(proxy.requests.last?.line == "GET http://other.test/f?sig=%2F HTTP/1.1")
            #expect(proxy.requests.last?.header("host") == "other.test")
            #expect(proxy.requests.last?.header("x-api-key") == nil)
        }
    }

    @Test(arguments: ["http", "https"])
    func `a proxy that cannot be reached is named, not the server behind it`(scheme: String) async throws {
        let refusing = try RefusingPort()
        let proxy = "http://127.0.0.1:\(refusing.number)"
        let configuration = try HTTPTransport.Configuration.fromEnvironment(["\(scheme)_proxy": proxy])
        let submission = try sunset()
        let error = try await withTransport(configuration) { transport in
            let client = try makeClient(transport, base: "\(scheme)://queue.test", maxRetries: 0)
            return try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains("connection refused by the proxy 127.0.0.1:\(refusing.number)"))
        #expect(error.message.contains("No job was submitted"))
        withExtendedLifetime(refusing) {}
    }

    @Test func `what the proxy does not answer is told apart by its name`() async throws {
        let error = try await withProxy([[.close]]) { client, _ in
            try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains("queue.test:80 through the proxy 127.0.0.1:"))
    }
}
