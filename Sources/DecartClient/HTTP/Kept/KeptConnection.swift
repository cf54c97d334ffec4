import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import NIOTLS

/// A connection that carries one exchange after another. It stands behind the guards, at the end of the pipeline.
///
/// A server with several addresses may be tried at two of them at a time. Each try has a connection of its own, and the
/// one that comes about first is given the exchange.
///
/// `@unchecked Sendable`: it is touched on its loop only.
final class KeptConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    static let tooLong = ReplyError(reason: "sent a reply that is far too long for this call")

    private let origin: KeptOrigin
    private let encoder: KeptRequestEncoder
    let recorder = HeadRecorder()
    private let limit: Int
    private var context: ChannelHandlerContext?
    private var exchange: KeptExchange?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    /// Over TLS: the handshake is done.
    private(set) var isReady: Bool
    /// The whole reply is here. It is handed over once all that came with it has been looked at.
    private var isWhole = false
    private var hasCarried = false
    /// Why it carries nothing any more.
    private var failure: (any Error)?

    /// - Parameters:
    ///   - encoder: stands in front of the parser.
    ///   - limit: the longest reply, in bytes.
    init(_ origin: KeptOrigin, _ encoder: KeptRequestEncoder, limit: Int) {
        self.origin = origin
        self.encoder = encoder
        self.limit = limit
        isReady = !origin.isTLS
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        origin.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        origin.closed(self)
    }

    /// The exchange goes out at once, or as soon as the handshake is done.
    func carry(_ exchange: KeptExchange) {
        if exchange.isOver { return close() }
        if let failure { return exchange.end(.failure(failure)) }
        self.exchange = exchange
        exchange.connection = self
        if isReady { send() }
    }

    private func send() {
        guard let exchange else { return }
        guard let context else { return broke(HTTPClientError.remoteConnectionClosed) }
        exchange.watch.requestBegan { [origin] in origin.loop.execute { exchange.fail(HTTPClientError.readTimeout) } }
        encoder.next = exchange.bytes
        context.write(wrapOutboundOut(KeptRequestEncoder.head), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Nobody waits for the reply any more, and no other may take its place.
    func abandon(_ exchange: KeptExchange) {
        guard self.exchange === exchange else { return }
        self.exchange = nil
        close()
    }

    func close() {
        context?.close(promise: nil)
    }

    // MARK: From the socket

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            isReady = true
            origin.handshakeEnded(self)
            send()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            exchange.watch.replyBegan(isShort: true)
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= limit else { return broke(Self.tooLong) }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            isWhole = true
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isWhole, let head { handOver(keeps: head.isKeepAlive) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        broke(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The end of the connection may be that of the reply.
        broke(HTTPClientError.remoteConnectionClosed)
        context.fireChannelInactive()
    }

    /// The reply goes to whoever waits for it, and the connection to the next.
    private func handOver(keeps: Bool) {
        guard let exchange, let head else { return }
        let reply = TransportReply(head: head, body: body)
        (self.exchange, self.head, body, isWhole, hasCarried) = (nil, nil, [], false, true)
        exchange.connection = nil
        if keeps { origin.isFree(self) } else { close() }
        exchange.end(.success(reply))
    }

    private func broke(_ error: any Error) {
        if isWhole { return handOver(keeps: false) }
        let carried = exchange
        // Closing comes back here at once, with an error that says less.
        exchange = nil
        failure = failure ?? error
        // Over TLS it takes a while to close, and no request may be given to it meanwhile.
        origin.cannotCarry(self)
        close()
        guard let exchange = carried else { return }
        exchange.connection = nil
        // The server had closed it before the request came. A GET may go out again.
        if hasCarried, !exchange.isAgain, head == nil, !recorder.hasBytes, !(error is ReplyError) {
            exchange.isAgain = true
            origin.carry(exchange, onNew: true)
        } else {
            exchange.end(.failure(error))
        }
    }
}
