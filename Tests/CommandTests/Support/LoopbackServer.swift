import NIOCore
import NIOPosix

/// A server on a free port of this machine for as long as a test's body runs; what it says is its handlers' affair.
enum LoopbackServer {
    /// - Parameter addHandlers: is called for every connection, on its event loop.
    static func with<Value: Sendable>(
        _ addHandlers: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void,
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(channel.pipeline.syncOperations) }
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
}
