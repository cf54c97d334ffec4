import DecartAPI
import NIOCore
import NIOHTTP1
import Testing

@testable import DecartClient

/// How a GET gets to the server: over a kept connection, with a Swift task or without; through the HTTP client; or
/// through that as a stream.
enum Way: CaseIterable {
    case kept, direct, client, stream

    /// Those of polls.
    static let ofPolls = [kept, direct, client]

    var configuration: HTTPTransport.Configuration {
        var configuration = HTTPTransport.Configuration()
        configuration.keepsConnections = self != .client
        return configuration
    }

    /// Sends requests this way.
    func transport(over transport: HTTPTransport) -> any QueueTransport {
        self == .direct ? DirectTransport(transport: transport) : transport
    }

    /// Holds that a request which the transport has sent went this way.
    func expectTaken(by request: TransportRequest, of transport: HTTPTransport) {
        #expect((transport.kept.target(of: request) != nil) == (self == .kept || self == .direct))
    }
}

/// Sends GETs on direct ways, the first of them too: nothing else has to have been sent to their servers.
private struct DirectTransport: QueueTransport {
    let transport: HTTPTransport

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        try learn(from: request)
        let result = await withCheckedContinuation { continuation in
            transport.loop.execute {
                let way = transport.directWay(
                    to: request.url, headers: request.headers, idleTimeout: request.idleTimeout)
                let exchange = way?.get("") { continuation.resume(returning: $0) }
                if exchange == nil {
                    Issue.record("no direct way to \(request.url)")
                    let failure = TransportError(.network, reach: .neverSent, reason: "no direct way")
                    continuation.resume(returning: .failure(failure))
                }
            }
        }
        return try result.get()
    }

    private func learn(from request: TransportRequest) throws(TransportError) {
        let prepared = try PreparedRequest(
            request, on: transport.loop, proxies: ProxySettings(), templates: RequestTemplates(),
            silence: SilenceWatch())
        transport.kept.learn(from: request, prepared, version: .http1_1)
    }
}
