import AsyncHTTPClient
import NIOCore

/// The two clients for one route.
struct HTTPClients: Sendable {
    let pooled: HTTPClient
    /// Never reuses a connection, so that a submit never goes out on one that may be half closed.
    let unpooled: HTTPClient

    init(on loop: any EventLoop, _ configuration: HTTPTransport.Configuration, by route: Route) {
        pooled = HTTPClient(
            eventLoopGroupProvider: .shared(loop), configuration: configuration.forPooledConnections(by: route))
        unpooled = HTTPClient(
            eventLoopGroupProvider: .shared(loop), configuration: configuration.forSingleUseConnections(by: route))
    }

    func shutdown() async {
        // The only possible errors are "already shut down", which is what the caller wants, and failures to close
        // sockets.
        try? await pooled.shutdown()
        try? await unpooled.shutdown()
    }
}
