import DecartAPI
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import DecartClient

/// Gives each request the next reply, through the parser and the guards of a real connection but without a socket: a
/// hundred times as many replies in the same time. In place of the HTTP client stands a handler that holds what reaches
/// it against what the client takes for granted.
final class EmbeddedTransport: QueueTransport {
    private let mutator: Mutex<ReplyMutator>
    private let sent = Mutex(0)

    init(seed: UInt64) {
        mutator = Mutex(ReplyMutator(seed: seed))
    }

    var requests: Int { sent.withLock { $0 } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        sent.withLock { $0 += 1 }
        request.onSending?()
        let pieces = mutator.withLock { $0.pieces() }
        return try Self.exchange(request, pieces).mapError { error in
            TransportError(from: error, reach: .maybeSent, peer: Peer(host: "test", port: 80), idleTimeout: .seconds(1))
        }.get()
    }

    private static func exchange(_ request: TransportRequest, _ pieces: [[UInt8]]) -> Result<TransportReply, any Error>
    {
        let channel = EmbeddedChannel()
        let client = StandInForClient()
        do {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPRequestEncoder())
            try pipeline.addHandler(
                ByteToMessageHandler(
                    HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)))
            try pipeline.addHandler(client)
            try ReplyPipeline.guardHTTP1(channel, reads: ReadSizes())
            let head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: request.method.rawValue), uri: "/")
            pipeline.write(NIOAny(HTTPClientRequestPart.head(head)), promise: nil)
            pipeline.writeAndFlush(NIOAny(HTTPClientRequestPart.end(nil)), promise: nil)
            for piece in pieces {
                pipeline.fireChannelRead(NIOAny(ByteBuffer(bytes: piece)))
                pipeline.fireChannelReadComplete()
            }
            pipeline.fireChannelInactive()
            _ = try channel.finish(acceptAlreadyClosed: true)
        } catch {
            return .failure(error)
        }
        return client.result
    }
}

/// What the HTTP client behind the guards takes for granted, and would end the process for.
private final class StandInForClient: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private enum Phase { case head, body, ended }

    private var phase = Phase.head
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var error: (any Error)?

    var result: Result<TransportReply, any Error> {
        if phase == .ended, let head { return .success(TransportReply(head: head, body: body)) }
        return .failure(error ?? HTTPParserError.invalidEOFState)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A request that has failed gets nothing more.
        if error != nil { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            #expect(phase == .head && (200...599).contains(head.status.code))
            self.head = head
            phase = .body
        case .body(let buffer):
            #expect(phase == .body)
            body += Array(buffer.readableBytesView)
        case .end:
            #expect(phase == .body)
            phase = .ended
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if phase != .ended, self.error == nil { self.error = error }
    }
}
