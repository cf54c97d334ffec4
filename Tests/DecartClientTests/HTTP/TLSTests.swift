import DecartAPI
import NIOHTTP1
import TestSupport
import Testing

@testable import DecartClient

@Suite(.timeLimit(.minutes(5)))
struct TLSTests {
    private static let here = "DNS:localhost,IP:127.0.0.1"

    private func withServer<T>(
        _ identity: TestAuthority.Identity, trusting file: String?, protocols: [String] = ["h2", "http/1.1"],
        _ body: (DecartClient, TLSServer) async throws -> T
    ) async throws -> T {
        let server = try await TLSServer.start(identity, protocols: protocols)
        let configuration = try HTTPTransport.Configuration.fromEnvironment(file.map { ["SSL_CERT_FILE": $0] } ?? [:])
        let value = try await withTransport(configuration) { transport in
            try await body(makeClient(transport, base: "https://localhost:\(server.port)"), server)
        }
        await server.stop()
        return value
    }

    @Test func `reads share one HTTP/2 connection where the server offers it, a submit has one of its own`()
        async throws
    {
        let authority = try await TestAuthority()
        try await withServer(authority.identity(Self.here), trusting: authority.file) { client, server in
            for _ in 0..<5 { _ = try await client.queue.status(JobID("j")) }
            #expect(server.seen.map(\.isHTTP2) == Array(repeating: true, count: 5))
            #expect(server.connections == 1)
            let job = try await client.queue.submit(sunset())
            #expect(job.id.text == "j")
            #expect(server.seen.last?.isHTTP2 == false)
            #expect(server.seen.last?.head.headers["x-api-key"] == [secretKey])
            #expect(server.connections == 2)
        }
    }

    @Test func `a server without HTTP/2 is spoken to in HTTP/1.1`() async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.identity(Self.here)
        try await withServer(identity, trusting: authority.file, protocols: ["http/1.1"]) { client, server in
            for _ in 0..<5 { _ = try await client.queue.status(JobID("j")) }
            #expect(server.seen.map(\.isHTTP2) == Array(repeating: false, count: 5))
            #expect(server.seen.allSatisfy { $0.head.headers["x-api-key"] == [secretKey] })
            // The first poll offers HTTP/2; the others go over a connection that is kept for polls.
            #expect(server.connections == 2)
        }
    }

    enum Flaw: CaseIterable { case otherHost, expired, unknownAuthority }

    @Test(arguments: Flaw.allCases)
    func `a server that cannot be trusted gets nothing, and the message says why`(flaw: Flaw) async throws {
        let authority = try await TestAuthority()
        let identity = try await authority.identity(
            flaw == .otherHost ? "DNS:other.test" : Self.here, days: flaw == .expired ? -1 : 1)
        let trusted = flaw == .unknownAuthority ? nil : authority.file
        let submission = try sunset()
        let (error, seen) = try await withServer(identity, trusting: trusted) { client, server in
            let error = try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
            return (error, server.seen)
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains("No job was submitted"))
        #expect(error.message.contains("SSL_CERT_FILE"))
        #expect(error.message.contains(flaw == .otherHost ? "was issued for another host" : "is not trusted"))
        #expect(seen.isEmpty)
    }

    @Test func `a file without a certificate is named as the reason`() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("ca.pem", "nothing\n")
        let authority = try await TestAuthority()
        let error = try await withServer(authority.identity(Self.here), trusting: file) { client, _ in
            try await failure { () throws(DecartError) in try await client.queue.status(JobID("j")) }
        }
        #expect(error.code == .networkError)
        #expect(error.message.contains("SSL_CERT_FILE"))
    }

    @Test(arguments: ["/nowhere/ca.pem", "/tmp"])
    func `a file that cannot be read is INVALID_OPTIONS before any request`(path: String) {
        let error = #expect(throws: DecartError.self) {
            try HTTPTransport.Configuration.fromEnvironment(["SSL_CERT_FILE": path])
        }
        #expect(error?.code == .invalidOptions)
        #expect(error?.message.contains(path) == true)
    }

    @Test func `empty variables say nothing`() throws {
        let trust = try TrustSettings(environment: ["SSL_CERT_FILE": "", "SSL_CERT_DIR": ""])
        #expect(trust == TrustSettings())
    }
}
