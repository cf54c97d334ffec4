import DecartAPI
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import DecartClient

/// A server that breaks a kept connection over TLS between two polls.
@Suite(.timeLimit(.minutes(5)))
struct UnaskedReplyTests {
    @Test func `no poll goes to a connection that is being closed`() async throws {
        let authority = try await TestAuthority()
        let server = try await ChattyServer.start(authority.identity("DNS:localhost"))
        let configuration = try HTTPTransport.Configuration.fromEnvironment(["SSL_CERT_FILE": authority.file])
        try await withTransport(configuration) { transport in
            let poll = TransportRequest(.get, url: "https://localhost:\(server.port)/x")
            // The first goes through the HTTP client, the second over a connection that is kept.
            for _ in 0..<2 {
                let status = try await transport.send(poll).status
                #expect(status == 200)
            }
            let origin = try #require(transport.kept.target(of: poll)?.origin)
            #expect(server.connections == 2)
            #expect(try await origin.loop.submit { origin.freeCount }.get() == 1)
            await server.sendUnasked()
            #expect(try await origin.loop.submit { origin.freeCount }.get() == 0)
            let status = try await transport.send(poll).status
            #expect(status == 200)
            #expect(server.connections == 3)
        }
        await server.stop()
    }
}

/// Answers requests over TLS, and on demand sends a reply that nobody has asked for. It then hears nothing more on that
/// connection, so that the client's part of closing it takes long.
private final class ChattyServer: Sendable {
    private struct State {
        var listener: LoopbackListener?
        var channels: [any Channel] = []
    }

    private let state = Mutex(State())

    var port: Int { state.withLock { $0.listener?.port ?? 0 } }
    var connections: Int { state.withLock { $0.channels.count } }

    static func start(_ identity: TestAuthority.Identity) async throws -> ChattyServer {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))))
        let server = ChattyServer()
        let listener = try await LoopbackListener.start { channel in
            server.state.withLock { $0.channels.append(channel) }
            return channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(Ear())
                try pipeline.addHandler(NIOSSLServerHandler(context: context))
                try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                try pipeline.addHandler(Answering())
            }
        }
        server.state.withLock { $0.listener = listener }
        return server
    }

    /// Returns when the client has taken note: it says over TLS that it closes the connection.
    func sendUnasked() async {
        guard let channel = state.withLock({ $0.channels.last }) else { return }
        let noted = Gate()
        channel.eventLoop.execute {
            guard let ear = try? channel.pipeline.syncOperations.handler(type: Ear.self) else { return }
            ear.close { Task { _ = await noted.pass() } }
            channel.writeAndFlush(ByteBuffer(string: Answering.reply), promise: nil)
        }
        await noted.arrival()
        noted.open()
    }

    func stop() async {
        let (listener, channels) = state.withLock { ($0.listener, $0.channels) }
        for channel in channels { channel.close(promise: nil) }
        await listener?.stop()
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var said: (@Sendable () -> Void)?

        /// - Parameter said: is called when something comes that is not heard.
        func close(said: @escaping @Sendable () -> Void) { self.said = said }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let said { said() } else { context.fireChannelRead(data) }
        }
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = ByteBuffer

        static let reply = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.reply)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
