import DecartAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import DecartClient

/// Polls of a server whose name has several addresses, of which not all answer.
@Suite(.timeLimit(.minutes(5)))
struct SeveralAddressesTests {
    enum Dead: CaseIterable { case refusing, silent }

    /// Answers every name with ports of this machine.
    private struct Ports: Resolver, Sendable {
        let loop: any EventLoop
        let ports: [Int]

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeCompletedFuture {
                try ports.map { try SocketAddress(ipAddress: "127.0.0.1", port: $0) }
            }
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture([])
        }

        func cancelQueries() {}
    }

    private func withTransport<Value>(
        to ports: [Int], trusting authority: String? = nil, _ body: (HTTPTransport) async throws -> Value
    ) async throws -> Value {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var configuration = try HTTPTransport.Configuration.fromEnvironment(
            authority.map { ["SSL_CERT_FILE": $0] } ?? [:])
        configuration.resolver = Ports(loop: loop, ports: ports)
        let transport = HTTPTransport(on: loop, configuration: configuration)
        do {
            let value = try await body(transport)
            await transport.shutdown()
            return value
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    private func withDeadPort<Value>(_ kind: Dead, _ body: (Int) async throws -> Value) async throws -> Value {
        switch kind {
        case .refusing:
            let port = try RefusingPort()
            defer { withExtendedLifetime(port) {} }
            return try await body(port.number)
        case .silent:
            let port = try await SilentPort.open()
            let value = try await body(port.number)
            await port.close()
            return value
        }
    }

    @Test(arguments: Dead.allCases)
    func `the address that answers is polled, whichever is the first`(kind: Dead) async throws {
        let server = try await LoopbackServer.start(Array(repeating: LoopbackServer.reply(200, "{}"), count: 8))
        let request = TransportRequest(.get, url: "http://several.test:\(server.port)/x")
        try await withDeadPort(kind) { dead in
            for ports in [[dead, server.port], [server.port, dead], [dead, dead, server.port]] {
                try await withTransport(to: ports) { transport in
                    for _ in 0..<2 {
                        let status = try await transport.send(request).status
                        #expect(status == 200)
                    }
                    Way.kept.expectTaken(by: request, of: transport)
                }
            }
        }
        #expect(server.requests.map(\.connection) == [0, 0, 1, 1, 2, 2])
        await server.stop()
    }

    @Test(arguments: Dead.allCases)
    func `over TLS, too`(kind: Dead) async throws {
        let authority = try await TestAuthority()
        let server = try await TLSServer.start(authority.identity("DNS:localhost"), protocols: ["http/1.1"])
        let request = TransportRequest(.get, url: "https://localhost:\(server.port)/x")
        try await withDeadPort(kind) { dead in
            try await withTransport(to: [dead, server.port], trusting: authority.file) { transport in
                // The first goes through the HTTP client, which finds the address itself.
                for _ in 0..<3 {
                    let status = try await transport.send(request).status
                    #expect(status == 200)
                }
                Way.kept.expectTaken(by: request, of: transport)
            }
        }
        #expect(server.connections == 2)
        await server.stop()
    }

    @Test func `where none answers, the poll fails`() async throws {
        let port = try RefusingPort()
        let request = TransportRequest(.get, url: "http://several.test:\(port.number)/x")
        let error = try await withTransport(to: [port.number, port.number]) { transport in
            await #expect(throws: TransportError.self) { try await transport.send(request) }
        }
        #expect(error?.reach == .neverSent)
        #expect(error?.reason == "connection refused by several.test:\(port.number)")
    }

    @Test func `a transport that is shut down waits for no address`() async throws {
        let port = try await SilentPort.open()
        let request = TransportRequest(.get, url: "http://several.test:\(port.number)/x")
        let error = try await withTransport(to: [port.number]) { transport in
            let poll = Task { () async throws(TransportError) in try await transport.send(request) }
            while transport.kept.target(of: request) == nil { await Task.yield() }
            await transport.shutdown()
            return await #expect(throws: TransportError.self) { try await poll.value }
        }
        #expect(error?.reach == .neverSent)
        #expect(error?.reason == "this transport has been shut down")
        await port.close()
    }
}
