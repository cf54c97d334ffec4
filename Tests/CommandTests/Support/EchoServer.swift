import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// Answers a request with what it was, as JSON, and remembers it. Some paths are answered otherwise:
///
/// | path            | answer                                                             |
/// |-----------------|--------------------------------------------------------------------|
/// | `/to/URL`       | a redirect (302) to that URL, percent-encoded                      |
/// | `/status/N`     | that status                                                        |
/// | `/bytes/N`      | so many bytes                                                      |
/// | `/gzip`         | `hello`, compressed                                                |
/// | `/twice`        | the header `x-twice` twice                                         |
/// | `/silent`       | nothing, ever                                                      |
/// | `/drop`         | the end of the connection                                          |
/// | `/when/PATH`    | an answer as soon as somebody has asked for `/PATH`                |
/// | `/cut`          | half of what it promises                                           |
final class EchoServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: [UInt8]
    }

    private struct State {
        var seen: [Request] = []
        var waiting: [(path: String, answer: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    /// In the order in which they came.
    var requests: [Request] { state.withLock { $0.seen } }

    private func note(_ request: Request) {
        let due = state.withLock { state in
            state.seen.append(request)
            defer { state.waiting.removeAll { $0.path == request.path } }
            return state.waiting.filter { $0.path == request.path }
        }
        for waiter in due { waiter.answer() }
    }

    /// - Parameter answer: may be called on any thread.
    private func when(_ path: String, _ answer: @escaping @Sendable () -> Void) {
        let hasCome = state.withLock { state in
            let hasCome = state.seen.contains { $0.path == path }
            if !hasCome { state.waiting.append((path, answer)) }
            return hasCome
        }
        if hasCome { answer() }
    }

    /// Listens for as long as `body` runs.
    static func with<Value: Sendable>(
        _ body: @Sendable (_ url: String, EchoServer) async throws -> Value
    ) async throws -> Value {
        let server = EchoServer()
        return try await LoopbackListener.with(
            { pipeline in
                try pipeline.configureHTTPServerPipeline()
                try pipeline.addHandler(Handler(server: server))
            }, { url in try await body(url, server) })
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: EchoServer
        private var request: Request?

        init(server: EchoServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
                request = Request(method: head.method.rawValue, path: head.uri, headers: headers, body: [])
            case .body(let bytes): request?.body += Array(bytes.readableBytesView)
            case .end:
                guard let request else { return }
                server.note(request)
                answer(request, context)
            }
        }

        private func answer(_ request: Request, _ context: ChannelHandlerContext) {
            let parts = request.path.split(separator: "/", maxSplits: 1).map(String.init)
            let rest = parts.count > 1 ? parts[1] : ""
            switch parts.first {
            case "to":
                reply(context, 302, [("location", rest.removingPercentEncoding ?? "")], [], request)
            case "status": reply(context, Int(rest) ?? 500, [], Array("as asked".utf8), request)
            case "bytes": reply(context, 200, [], Array(repeating: 0x78, count: Int(rest) ?? 0), request)
            case "gzip":
                reply(
                    context, 200, [("content-encoding", "gzip")],
                    Array(Data(base64Encoded: "H4sIAAAAAAAC/8tIzcnJBwCGphA2BQAAAA==") ?? Data()), request)
            case "twice": reply(context, 200, [("x-twice", "a"), ("X-Twice", "b")], [], request)
            case "silent": break
            case "drop": context.close(promise: nil)
            case "when":
                let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                let loop = context.eventLoop
                server.when("/" + rest) {
                    loop.execute {
                        let (handler, context) = here.value
                        handler.reply(context, 200, [], [], request)
                    }
                }
            case "cut":
                let head = HTTPResponseHead(
                    version: .http1_1, status: .ok, headers: ["content-length": "100", "connection": "close"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "half")))))
                    .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            default:
                let told: [String: Any] = [
                    "method": request.method, "path": request.path, "headers": request.headers,
                    "body": String(decoding: request.body, as: UTF8.self),
                ]
                let json = (try? JSONSerialization.data(withJSONObject: told)) ?? Data()
                reply(context, 200, [("content-type", "application/json")], Array(json), request)
            }
        }

        private func reply(
            _ context: ChannelHandlerContext, _ status: Int, _ headers: [(String, String)], _ body: [UInt8],
            _ request: Request
        ) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: .init(headers))
            if status != 204 { head.headers.add(name: "content-length", value: "\(body.count)") }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if request.method != "HEAD", status != 204 {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
