import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport

/// Answers requests with bytes exactly as given, be they HTTP or not.
enum RudeServer {
    struct Answer: Sendable {
        var bytes: String
        var closes = true

        /// A whole reply, as a well-behaved server would send it.
        ///
        /// - Parameter headers: further ones, each with its line's end.
        static func reply(
            _ status: String, _ body: String, type: String = "application/json", headers: String = ""
        ) -> Answer {
            Answer(
                bytes: "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "\(headers)Connection: close\r\n\r\n\(body)")
        }
    }

    typealias Rule = @Sendable (_ method: String, _ path: String) -> Answer

    /// - Parameter identity: whose certificate it shows; nil: it does not speak TLS.
    static func with<Value: Sendable>(
        _ rule: @escaping Rule, identity: TestAuthority.Identity? = nil,
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let context = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))))
        }
        return try await LoopbackListener.with(
            { pipeline in
                if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                try pipeline.addHandler(Answering(rule: rule))
            }, body)
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = ByteBuffer

        private let rule: Rule
        private var head: HTTPRequestHead?

        init(rule: @escaping Rule) { self.rule = rule }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                let answer = rule(head.method.rawValue, head.uri)
                let sent = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer.bytes)))
                // A connection that is closed before drops what has not left yet.
                if answer.closes { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
            }
        }
    }
}
