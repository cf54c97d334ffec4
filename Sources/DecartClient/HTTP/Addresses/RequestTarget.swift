import NIOCore
import NIOHTTP1

/// Sets a request target that the HTTP client would not send by itself: an absolute URL for a proxy, or a path that the
/// client would change. The target arrives here in a private header, which is removed.
final class RequestTarget: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    static let header = "decart-request-target"

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let target = head.headers.first(name: Self.header) else {
            return context.write(data, promise: promise)
        }
        head.headers.remove(name: Self.header)
        head.uri = target
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
