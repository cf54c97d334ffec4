import NIOCore
import NIOHTTP1

/// Stands between the response parser and the HTTP client, so that nothing a server sends can violate what the client
/// assumes. Anything `ReplyOrder` refuses fails the request and closes the connection.
final class ReplyGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var order = ReplyOrder()
    /// Nil over HTTP/2, where the raw bytes of a head are not available.
    private let recorder: HeadRecorder?

    init(recorder: HeadRecorder? = nil) {
        self.recorder = recorder
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) {
            order.requestBegan()
            recorder?.begin()
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch order.receive(part) {
        case .drop:
            break
        case .refuse(let error):
            recorder?.end()
            context.fireErrorCaught(error)
        case .pass:
            guard let recorder, case .head(let head) = part else { return context.fireChannelRead(data) }
            context.fireChannelRead(wrapInboundOut(.head(head.withReadableLocation(from: recorder))))
            recorder.end()
        }
    }
}

extension HTTPResponseHead {
    /// The parser turns every header into text and replaces any bytes that are not UTF-8. An address would no longer be
    /// the same address, so such bytes are percent-encoded instead, as browsers do.
    fileprivate func withReadableLocation(from recorder: HeadRecorder) -> HTTPResponseHead {
        guard (300...399).contains(status.code), let location = headers.first(name: "location"),
            location.unicodeScalars.contains("\u{FFFD}"), let bytes = recorder.value(of: "location")
        else { return self }
        var head = self
        head.headers.replaceOrAdd(name: "location", value: URLText.encoded(bytes))
        return head
    }
}
