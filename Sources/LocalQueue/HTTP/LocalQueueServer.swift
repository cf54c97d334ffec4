import Hummingbird
public import Logging
import NIOCore
import NIOPosix
public import RunClock
public import ServiceLifecycle

/// The local queue as an HTTP server, on threads of its own: a script that blocks does not hold it up.
public struct LocalQueueServer: Service {
    /// Two threads: one for connections coming in, one for a big transfer beside it; SQLite and ffmpeg are elsewhere.
    /// They are never shut down: Hummingbird's shutdown still has work for them after its `run()` has returned.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private let configuration: Configuration
    private let clock: any RunClock
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameter onReady: called once with the port, when connections are accepted.
    public init(
        configuration: Configuration, clock: any RunClock = SystemClock(),
        logger: Logger = Logger(label: "decart-lua.queue"), onReady: @escaping @Sendable (Int) async -> Void
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until a graceful shutdown, which lets open requests finish, or until the task is cancelled, which does
    /// not.
    /// - Throws: `StorageError` when the database cannot be used, a system error when the port cannot.
    public func run() async throws {
        let queue = try JobQueue(
            settings: configuration.settings, database: configuration.database, clips: configuration.clips,
            clock: clock, logger: logger)
        let api = QueueAPI(
            queue: queue, settings: configuration.settings, key: configuration.key,
            latency: configuration.latency, clock: clock)
        let onReady = onReady
        var serverLogger = logger
        // The server's own "listening on" would be the second word on it: the command says where it is.
        if serverLogger.logLevel == .info { serverLogger.logLevel = .notice }
        let application = Application(
            responder: HTTPFace(api: api, limits: FormLimits(total: configuration.uploadLimit)),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "decart-lua"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(Self.group), logger: serverLogger)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await application.run())
        } catch {
            outcome = .failure(error)
        }
        await queue.stop()
        try outcome.get()
    }
}
