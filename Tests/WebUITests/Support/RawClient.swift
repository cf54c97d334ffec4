import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A connection that sends what it is told, be it HTTP or not, and reads only when it is asked to.
final class RawClient: Sendable {
    private let channel: any Channel
    private let received: Received

    private final class Received: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private struct State {
            /// The last of what has come.
            var text = ""
            var count = 0
            var isClosed = false
            var waiting: [Waiting] = []
        }

        private struct Waiting {
            var condition: @Sendable (String) -> Bool
            var continuation: CheckedContinuation<String, Never>
        }

        private let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            change { state in
                state.count += text.utf8.count
                state.text += text
                // To look through it all again and again would take longer than to receive it.
                guard state.text.utf8.count > 1 << 18 else { return }
                state.text = String(decoding: state.text.utf8.suffix(1 << 16), as: UTF8.self)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { change { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func change(_ body: (inout State) -> Void) {
            let (ready, text) = state.withLock { state in
                body(&state)
                let (text, isClosed) = (state.text, state.isClosed)
                let ready = state.waiting.filter { isClosed || $0.condition(text) }
                state.waiting.removeAll { isClosed || $0.condition(text) }
                return (ready, text)
            }
            for waiting in ready { waiting.continuation.resume(returning: text) }
        }

        /// Bytes that have come.
        var count: Int { state.withLock { $0.count } }

        func until(_ condition: @escaping @Sendable (String) -> Bool) async -> String {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.isClosed || condition(state.text) { return continuation.resume(returning: state.text) }
                    state.waiting.append(Waiting(condition: condition, continuation: continuation))
                }
            }
        }
    }

    /// - Parameter reads: whether it reads by itself.
    init(_ address: String, reads: Bool = true) async throws {
        let received = Received()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(received) }
            .connect(host: "127.0.0.1", port: URL(string: address)?.port ?? 0).get()
        self.received = received
    }

    func send(_ text: String) async throws { try await send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    /// Bytes that have come.
    var count: Int { received.count }

    /// What has come, the last of it at least, when it satisfies the condition, or the other side has closed.
    func text(until condition: @escaping @Sendable (String) -> Bool = { _ in false }) async -> String {
        await received.until(condition)
    }

    /// Reads on, until the other side closes.
    func readOn() async throws { try await channel.setOption(.autoRead, value: true).get() }

    func close() async throws { try await channel.close().get() }

    /// The whole reply to one request. `path` follows the page's address; `Host` is right unless it is given.
    static func reply(
        _ address: String, _ method: String = "GET", _ path: String = "", headers: [String: String] = [:],
        body: String = ""
    ) async throws -> String {
        let url = URL(string: address)
        let host = "127.0.0.1:\(url?.port ?? 0)"
        var lines = ["\(method) \(path.hasPrefix("/") ? path : (url?.path ?? "") + "/" + path) HTTP/1.1"]
        let own = ["Host": host, "Connection": "close", "Content-Length": "\(body.utf8.count)"]
        for (name, value) in own.merging(headers, uniquingKeysWith: { $1 }) { lines.append("\(name): \(value)") }
        let client = try await RawClient(address)
        try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return await client.text()
    }

    static func origin(_ address: String) -> String { "http://127.0.0.1:\(URL(string: address)?.port ?? 0)" }
}
