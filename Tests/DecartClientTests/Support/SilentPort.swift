import NIOCore
import NIOPosix

/// A loopback port at which a connection comes about as little as at a machine that is switched off: its queue of those
/// who want one is full, and nobody takes any out of it.
struct SilentPort {
    let number: Int
    private let channels: [any Channel]

    static func open() async throws -> SilentPort {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 0)
            // It takes no connection, and the queue has room for a single one.
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        guard let address = listener.localAddress, let port = address.port else { throw Unexpected.noValue }
        let visitor = try await ClientBootstrap(group: group).connect(to: address).get()
        return SilentPort(number: port, channels: [listener, visitor])
    }

    func close() async {
        for channel in channels { try? await channel.close().get() }
    }
}
