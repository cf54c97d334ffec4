import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// A queue at which nothing comes to its end: a status and an upload get no reply, a result stops in its middle. Only a
/// submit is answered, after a moment. `GET /v1/files/count` tells how many connections are open and how many jobs
/// were asked for.
final class StallingServer: Sendable {
    private let open = Atomic<Int>(0)
    private let jobs = Atomic<Int>(0)

    static func with<Value: Sendable>(_ body: @Sendable (_ url: String) async throws -> Value) async throws -> Value {
        let server = StallingServer()
        return try await LoopbackListener.with(
            { pipeline in
                try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
                try pipeline.addHandler(Answering(server: server))
            }, body)
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: StallingServer
        private var head: HTTPRequestHead?

        init(server: StallingServer) { self.server = server }

        func channelActive(context: ChannelHandlerContext) {
            server.open.add(1, ordering: .relaxed)
        }

        func channelInactive(context: ChannelHandlerContext) {
            server.open.subtract(1, ordering: .relaxed)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end: if let head { answer(head, context) }
            }
        }

        private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
            switch (head.method, head.uri) {
            case (.POST, "/v1/files"): break
            case (.POST, _):
                let number = server.jobs.add(1, ordering: .relaxed).newValue
                let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: .milliseconds(20)) {
                    let (handler, context) = loopBound.value
                    handler.reply(#"{"job_id":"job_\#(number)","status":"pending"}"#, context)
                }
            case (_, "/v1/files/count"):
                let (open, jobs) = (server.open.load(ordering: .relaxed), server.jobs.load(ordering: .relaxed))
                reply(#"{"id":"count","open":\#(open),"jobs":\#(jobs)}"#, context)
            case (_, let path) where path.hasSuffix("/content"):
                send(String(repeating: "x", count: 100_000), of: 10_000_000, context)
            default: break
            }
        }

        private func reply(_ body: String, _ context: ChannelHandlerContext) {
            send(body, of: body.utf8.count, context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        private func send(_ body: String, of length: Int, _ context: ChannelHandlerContext) {
            let headers: HTTPHeaders = ["content-length": "\(length)", "content-type": "application/json"]
            context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        }
    }
}
