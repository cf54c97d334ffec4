import NIOCore

/// Hands on what arrives, and stops reading while a script process does not take what it is sent.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let session: KeeperSession

    init(_ session: KeeperSession) {
        self.session = session
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.received(unwrapInboundIn(data).readableBytesView)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        context.channel.setOption(.autoRead, value: isWritable).whenComplete { _ in }
        if isWritable {
            session.drain()
            session.goOn()
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        session.drain()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
