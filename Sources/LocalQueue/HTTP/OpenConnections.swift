import NIOCore
import NIOHTTPTypesHTTP1
import Synchronization

/// The connections that are open now, so that a server that has to stop can close them whatever they wait for.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let state = Mutex(State())

    /// A handler for a new connection's pipeline: it counts, and has the `KeepAliveRule` kept.
    func makeHandler() -> any RemovableChannelHandler { ConnectionCounter(connections: self) }

    /// Closes all of them, and those that are opened from now on.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    fileprivate func opened(_ channel: any Channel) {
        let isLate = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isClosing
        }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
        }
        if isLate { channel.close(promise: nil) }
    }
}

private final class ConnectionCounter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let connections: OpenConnections

    init(connections: OpenConnections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        // Requests as Hummingbird hands them on do not tell their version any more.
        let pipeline = context.pipeline.syncOperations
        if let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) {
            try? pipeline.addHandler(KeepAliveRule(), position: .before(codec))
        }
    }
}
