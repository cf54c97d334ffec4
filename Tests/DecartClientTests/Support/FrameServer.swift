import NIOCore
import NIOSSL
import NIOTLS
import Synchronization
import TestSupport

/// A server on a loopback port that agrees on HTTP/2 and then sends, for each request, frames that nobody has checked.
final class FrameServer: Sendable {
    /// HTTP/2 frames as bytes.
    enum Frame {
        static let settings = frame(4, flags: 0, stream: 0, [])

        static func frame(_ type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
            let length = UInt32(payload.count)
            return [UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8)]
                + [UInt8(truncatingIfNeeded: length), type, flags] + bytes(stream) + payload
        }

        static func bytes(_ number: UInt32) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }

        /// A `HEADERS` frame whose fields are written out, none from a table and none in Huffman's code.
        static func headers(
            _ fields: [(String, String)], stream: UInt32, ends: Bool = false, flags: UInt8 = 4
        ) -> [UInt8] {
            let block: [UInt8] = fields.reduce(into: []) { $0 += [0] + text($1.0) + text($1.1) }
            return frame(1, flags: flags | (ends ? 1 : 0), stream: stream, block)
        }

        static func data(_ text: String, stream: UInt32, ends: Bool) -> [UInt8] {
            frame(0, flags: ends ? 1 : 0, stream: stream, Array(text.utf8))
        }

        private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
    }

    private struct State {
        var replies: [@Sendable (UInt32) -> [UInt8]]
        var listener: LoopbackListener?
    }

    private let state: Mutex<State>

    private init(_ replies: [@Sendable (UInt32) -> [UInt8]]) {
        state = Mutex(State(replies: replies))
    }

    /// - Parameter replies: what is sent for one request after the other, given the number of its stream; the
    ///   connection is closed after that.
    static func start(
        _ identity: TestAuthority.Identity, _ replies: [@Sendable (UInt32) -> [UInt8]]
    ) async throws -> FrameServer {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem)))
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        let server = FrameServer(replies)
        let listener = try await LoopbackListener.start(adding: { pipeline in
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(FrameResponder(server))
        })
        server.state.withLock { $0.listener = listener }
        return server
    }

    var port: Int { state.withLock { $0.listener?.port ?? 0 } }

    fileprivate func next() -> (@Sendable (UInt32) -> [UInt8])? {
        state.withLock { $0.replies.isEmpty ? nil : $0.replies.removeFirst() }
    }

    func stop() async {
        await state.withLock { $0.listener }?.stop()
    }
}

private final class FrameResponder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let preface = 24

    private let server: FrameServer
    private var received = ByteBuffer()
    private var isBeyondPreface = false

    init(_ server: FrameServer) {
        self.server = server
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { send(FrameServer.Frame.settings, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        if !isBeyondPreface {
            guard received.readSlice(length: Self.preface) != nil else { return }
            isBeyondPreface = true
        }
        while let head = received.getBytes(at: received.readerIndex, length: 9) {
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard received.readSlice(length: 9 + length) != nil else { return }
            let stream = head[5...8].reduce(0) { $0 << 8 | UInt32($1) }
            // HEADERS: a request has begun, and here none has more than that.
            guard head[3] == 1, let reply = server.next() else { continue }
            send(reply(stream), context)
            context.close(promise: nil)
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
