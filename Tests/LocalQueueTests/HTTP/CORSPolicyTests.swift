import PlainErrors
import RunClock
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct CORSPolicyTests {
    private static let page = "http://localhost:3000"

    private func preflight(_ policy: CORSPolicy, _ headers: [String: String]) -> [String: String]? {
        var asked = ["origin": Self.page, "access-control-request-method": "POST"]
        asked.merge(headers) { _, last in last }
        guard let reply = policy.preflight(method: "OPTIONS", headers: asked), reply.status == 204 else { return nil }
        return Dictionary(uniqueKeysWithValues: reply.headers.map { ($0.name, $0.value) })
    }

    @Test(arguments: [
        ["http://localhost:3000"], ["HTTP://LocalHost:3000/"], ["https://example.com", "http://localhost:3000"],
    ])
    func `a page of an origin that was named may send the key, and read the reply`(origins: [String]) throws {
        let policy = try CORSPolicy(origins)
        let allowed = try #require(preflight(policy, ["access-control-request-headers": "x-api-key"]))
        #expect(allowed["access-control-allow-origin"] == Self.page)
        #expect(allowed["access-control-allow-headers"]?.contains("x-api-key") == true)
        #expect(allowed["access-control-allow-methods"] == "GET, HEAD, POST, DELETE")
        #expect(allowed["vary"] == "Origin")
        #expect(allowed["access-control-allow-credentials"] == nil)
        #expect(policy.headers(for: Self.page).contains { $0.value == Self.page })
    }

    @Test(arguments: [
        "http://localhost:3001", "https://localhost:3000", "http://localhost", "http://localhost:3000.evil.example",
        "null", "*", "",
    ])
    func `a page of another origin may not`(origin: String) throws {
        let policy = try CORSPolicy([Self.page])
        #expect(preflight(policy, ["origin": origin]) == nil)
        #expect(!policy.headers(for: origin).contains { $0.name == "access-control-allow-origin" })
    }

    @Test func `every origin is allowed by a star, and by nothing less`() throws {
        let all = try CORSPolicy(["*"])
        #expect(preflight(all, ["origin": "null"])?["access-control-allow-origin"] == "*")
        #expect(all.headers(for: "https://anywhere.example").first?.value == "*")
        #expect(preflight(.none, [:]) == nil)
        #expect(CORSPolicy.none.headers(for: Self.page) == [])
        #expect(try CORSPolicy([]) == .none)
    }

    @Test func `a page on the network may use a queue on the user's machine where it is allowed`() throws {
        let policy = try CORSPolicy([Self.page])
        let asked = ["access-control-request-private-network": "true"]
        #expect(preflight(policy, asked)?["access-control-allow-private-network"] == "true")
        #expect(preflight(policy, [:])?["access-control-allow-private-network"] == nil)
    }

    @Test(arguments: [("http://a.example:80", "http://a.example"), ("https://a.example:443", "https://a.example")])
    func `a scheme's usual port is left out, as browsers do`(named: String, sent: String) throws {
        #expect(preflight(try CORSPolicy([named]), ["origin": sent]) != nil)
    }

    @Test(arguments: ["localhost:3000", "http://", "ftp://a", "http://a/b", "http://a b", "http://*.a", "https://u@a"])
    func `what is not an origin is refused`(text: String) {
        #expect(throws: MessageError.self) { try CORSPolicy([text]) }
    }

    @Test func `a browser page can submit a job and poll it`() async throws {
        var configuration = LocalQueueServer.Configuration(clips: .builtIn, apiKey: "dct_secret")
        configuration.cors = try CORSPolicy([Self.page])
        try await RunningServer.with(configuration, clock: VirtualClock()) { server in
            let question = [
                "Origin": Self.page, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-api-key",
            ]
            let allowed = try await server.send("OPTIONS", "/v1/jobs/lucy-pro-t2v", headers: question)
            #expect(allowed.status == 204)
            #expect(allowed.headers["access-control-allow-origin"] == Self.page)
            let reply = try await server.submit(headers: ["Origin": Self.page, "X-API-KEY": "dct_secret"])
            #expect(reply.status == 200)
            #expect(reply.headers["access-control-allow-origin"] == Self.page)
            let refused = try await server.submit(headers: ["Origin": Self.page])
            #expect(refused.status == 401)
            #expect(refused.headers["access-control-allow-origin"] == Self.page)
            let other = try await server.send(
                "OPTIONS", "/v1/jobs/x", headers: question.merging(["Origin": "http://evil.example"]) { $1 })
            #expect(other.status == 403)
        }
        try await RunningServer.with(.init(clips: .builtIn), clock: VirtualClock()) { server in
            let question = ["Origin": Self.page, "Access-Control-Request-Method": "GET"]
            let refused = try await server.send("OPTIONS", "/v1/jobs/x", headers: question)
            #expect(refused.status == 405)
            #expect(refused.headers["access-control-allow-origin"] == nil)
        }
    }
}
