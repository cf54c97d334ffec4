import NIOCore
import NIOHTTP1
import NIOPosix

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
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(Answering(rule: rule))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body("http://127.0.0.1:\(channel.localAddress?.port ?? 0)"))
        } catch {
            outcome = .failure(error)
        }
        try await channel.close()
        return try outcome.get()
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
