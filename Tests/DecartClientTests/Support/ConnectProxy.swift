import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A proxy on a loopback port that opens tunnels (`CONNECT`), whatever name is asked for, to one port of this machine.
/// It keeps every byte that clients sent it.
final class ConnectProxy: Sendable {
    fileprivate struct State {
        var heads: [String] = []
        var received: [UInt8] = []
        var listener: LoopbackListener?
    }

    fileprivate let state = Mutex(State())
    fileprivate let target: Int
    /// What it answers in place of a tunnel.
    fileprivate let refusal: String?

    private init(target: Int, refusal: String?) {
        self.target = target
        self.refusal = refusal
    }

    static func start(to target: Int, refusal: String? = nil) async throws -> ConnectProxy {
        let proxy = ConnectProxy(target: target, refusal: refusal)
        let listener = try await LoopbackListener.start { pipeline in try pipeline.addHandler(Entrance(proxy)) }
        proxy.state.withLock { $0.listener = listener }
        return proxy
    }

    var port: Int { state.withLock { $0.listener?.port ?? 0 } }
    /// The heads of the requests for a tunnel.
    var heads: [String] { state.withLock { $0.heads } }
    /// All that came from clients, inside tunnels too.
    var received: [UInt8] { state.withLock { $0.received } }

    func stop() async {
        await state.withLock { $0.listener }?.stop()
    }
}

/// A client's side of a tunnel, and of the request for one.
private final class Entrance: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: ConnectProxy
    private var head: [UInt8] = []
    private var far: (any Channel)?

    init(_ proxy: ConnectProxy) {
        self.proxy = proxy
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        proxy.state.withLock { $0.received += Array(buffer.readableBytesView) }
        if let far { return far.writeAndFlush(buffer, promise: nil) }
        head += Array(buffer.readableBytesView)
        guard head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
        let text = String(decoding: head, as: UTF8.self)
        proxy.state.withLock { $0.heads.append(text) }
        if let refusal = proxy.refusal { return answer(refusal, context) }
        let near = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture { try far.pipeline.syncOperations.addHandler(Exit(to: near)) }
            }
            .connect(host: "127.0.0.1", port: proxy.target)
            .assumeIsolated()
            .whenSuccess { far in
                self.far = far
                self.answer("HTTP/1.1 200 Tunnel\r\n\r\n", context)
            }
    }

    private func answer(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        far?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The far end's side.
private final class Exit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let near: any Channel

    init(to near: any Channel) {
        self.near = near
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        near.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        near.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
