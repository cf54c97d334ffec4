package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A server on a free port of this machine; what it says is its handlers' affair.
package struct LoopbackListener: Sendable {
    private let channel: any Channel

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter connected: is called for every connection, on its event loop, and adds its handlers.
    package static func start(
        _ connected: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> LoopbackListener {
        types
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer(connected)
        return LoopbackListener(channel: try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
    }

    /// The generic types that servers' connections have, made on one thread: where two make one at the same moment,
    /// Swift's runtime may look into a type that is not complete yet, which ends all tests.
    private static let types: Void = {
        _ = ByteToMessageHandler(HTTPRequestDecoder())
        _ = ByteToMessageHandler(HTTPResponseDecoder())
    }()

    /// For connections whose handlers are added at once.
    package static func start(
        adding handlers: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
    ) async throws -> LoopbackListener {
        try await start { channel in
            channel.eventLoop.makeCompletedFuture { try handlers(channel.pipeline.syncOperations) }
        }
    }

    /// Listens for as long as `body` runs.
    package static func with<Value: Sendable>(
        _ handlers: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void,
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let listener = try await start(adding: handlers)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(listener.url))
        } catch {
            outcome = .failure(error)
        }
        await listener.stop()
        return try outcome.get()
    }

    /// Listens no more; connections go on. Does nothing the second time.
    package func stop() async {
        try? await channel.close().get()
    }
}
