import NIOCore
import NIOHPACK
import NIOHTTP2

/// Lets no status through but three digits. It stands in front of the handler that translates HTTP/2 frames to HTTP/1
/// parts, which crashes on a negative one.
final class HTTP2StatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasRefused { return }
        if case .headers(let content) = unwrapInboundIn(data),
            let status = content.headers.first(where: { $0.name == ":status" })?.value, !Self.isStatus(status)
        {
            hasRefused = true
            context.fireErrorCaught(ReplyError(reason: "answered with a status that HTTP does not define"))
            return
        }
        context.fireChannelRead(data)
    }

    static func isStatus(_ text: String) -> Bool {
        let digits = text.utf8
        return digits.count == 3 && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
