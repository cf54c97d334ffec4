import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import Synchronization
import TestSupport

/// A server on a loopback port that speaks HTTP/1.1 and, where it is told to offer it, HTTP/2 over TLS. It answers
/// everything with the same job.
final class TLSServer: Sendable {
    struct Seen: Sendable {
        var head: HTTPRequestHead
        var isHTTP2: Bool
    }

    private struct State {
        var seen: [Seen] = []
        var connections = 0
        var listener: LoopbackListener?
    }

    private let state = Mutex(State())

    static func start(_ identity: TestAuthority.Identity, protocols: [String]) async throws -> TLSServer {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem)))
        configuration.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: configuration)
        let server = TLSServer()
        let listener = try await LoopbackListener.start { channel in
            server.state.withLock { $0.connections += 1 }
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
            }
            .flatMap {
                channel.configureCommonHTTPServerPipeline { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Responder(server))
                    }
                }
            }
        }
        server.state.withLock { $0.listener = listener }
        return server
    }

    var port: Int { state.withLock { $0.listener?.port ?? 0 } }
    var seen: [Seen] { state.withLock { $0.seen } }
    var connections: Int { state.withLock { $0.connections } }

    fileprivate func note(_ head: HTTPRequestHead) {
        state.withLock { $0.seen.append(Seen(head: head, isHTTP2: head.version.major == 2)) }
    }

    func stop() async {
        await state.withLock { $0.listener }?.stop()
    }
}

private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: TLSServer

    init(_ server: TLSServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            server.note(head)
        case .body:
            break
        case .end:
            let body = ByteBuffer(string: #"{"job_id":"j","status":"pending"}"#)
            var head = HTTPResponseHead(version: .http1_1, status: .ok)
            head.headers.add(name: "content-length", value: "\(body.readableBytes)")
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
