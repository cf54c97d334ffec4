import AsyncHTTPClient
import NIOCore

/// The two clients of one way into the network.
struct HTTPClients: Sendable {
    let pooled: HTTPClient
    /// Never uses a connection twice, so that a submit does not ride on one that may be half closed.
    let unpooled: HTTPClient

    init(on loop: any EventLoop, _ configuration: HTTPTransport.Configuration, via proxy: ProxyServer?) {
        pooled = HTTPClient(
            eventLoopGroupProvider: .shared(loop), configuration: configuration.forPooledConnections(via: proxy))
        unpooled = HTTPClient(
            eventLoopGroupProvider: .shared(loop), configuration: configuration.forSingleUseConnections(via: proxy))
    }

    func shutdown() async {
        // The only errors are "already shut down", which is what the caller wants, and those of closing sockets.
        try? await pooled.shutdown()
        try? await unpooled.shutdown()
    }
}
