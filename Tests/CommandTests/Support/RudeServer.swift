import NIOCore
import NIOHTTP1

/// Answers requests with bytes exactly as given, be they HTTP or not.
enum RudeServer {
    struct Answer: Sendable {
        var bytes: String
        var closes = true

        /// A whole reply, as a well-behaved server would send it.
        static func reply(_ status: String, _ body: String, type: String = "application/json") -> Answer {
            Answer(
                bytes: "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Connection: close\r\n\r\n\(body)")
        }
    }

    typealias Rule = @Sendable (_ method: String, _ path: String) -> Answer

    static func with<Value: Sendable>(
        _ rule: @escaping Rule, _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        try await LoopbackServer.with(
            { pipeline in
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
