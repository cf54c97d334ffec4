import NIOCore
import NIOPosix
import Testing

/// A connection to a local server that carries bytes as they are, HTTP or not.
struct RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    /// What has arrived and was not read yet.
    private var received: [UInt8] = []

    /// Opens a connection for as long as `body` runs.
    static func with<Value: Sendable>(
        _ server: RunningServer, _ body: @Sendable (inout RawConnection) async throws -> Value
    ) async throws -> Value {
        let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends no more, and says so to the server.
    func finish() {
        outbound.finish()
    }

    /// The bytes up to and with `mark`; all that is left if the connection ends before.
    mutating func read(through mark: String) async throws -> String {
        while true {
            if let end = received.firstRange(of: Array(mark.utf8))?.upperBound {
                defer { received.removeFirst(end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard let more = try await inbound.next(isolation: #isolation) else {
                defer { received = [] }
                return String(decoding: received, as: UTF8.self)
            }
            received += Array(more.readableBytesView)
        }
    }

    /// All bytes until the connection ends, also if it ends by a reset.
    mutating func readToEnd() async -> [UInt8] {
        while let more = try? await inbound.next(isolation: #isolation) { received += Array(more.readableBytesView) }
        defer { received = [] }
        return received
    }

    /// The status of the next reply, whose body is read past.
    mutating func readReply() async throws -> Int {
        let head = try await read(through: "\r\n\r\n")
        let status = try #require(head.split(separator: " ").dropFirst().first.flatMap { Int($0) }, "\(head)")
        let length = head.lowercased().split(separator: "content-length: ").dropFirst().first
            .flatMap { Int($0.prefix { $0.isNumber }) }
        try await skip(length ?? 0)
        return status
    }

    private mutating func skip(_ count: Int) async throws {
        while received.count < count, let more = try await inbound.next(isolation: #isolation) {
            received += Array(more.readableBytesView)
        }
        received.removeFirst(min(count, received.count))
    }
}
