import NIOCore
import NIOHTTP1

/// Marks each request after which the connection is to be closed in the one way that Hummingbird knows,
/// `Connection: close`: also one by HTTP/1.0 that does not ask for more, and one that writes the word in its own way.
final class KeepAliveRule: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !head.isKeepAlive else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
