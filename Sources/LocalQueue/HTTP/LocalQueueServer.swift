import Hummingbird
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import RunClock
public import ServiceLifecycle

/// The local queue as an HTTP server, on threads of its own: a script that blocks does not hold it up.
public struct LocalQueueServer: Service {
    /// Two threads: one for connections coming in, one for a big transfer beside it; SQLite and ffmpeg are elsewhere.
    /// They are never shut down: Hummingbird's shutdown still has work for them after its `run()` has returned.
    private static let group = {
        // The generic types of a connection, made on one thread: where two make one at the same moment, Swift's runtime
        // may look into a type that is not complete yet, which ends the process.
        _ = ByteToMessageHandler(HTTPRequestDecoder())
        return MultiThreadedEventLoopGroup(numberOfThreads: 2)
    }()

    /// How long open requests have to finish at a graceful shutdown.
    private static let grace = Duration.milliseconds(500)

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

    /// Serves until a graceful shutdown, which gives open requests half a second to finish, or until the task is
    /// cancelled, which closes all connections at once.
    /// - Throws: `MessageError` when the database cannot be used, a system error when the port cannot.
    public func run() async throws {
        let queue = try JobQueue(
            settings: configuration.settings, database: configuration.database, clips: configuration.clips,
            clock: clock, logger: logger)
        let api = QueueAPI(
            queue: queue, settings: configuration.settings, key: configuration.key,
            latency: configuration.latency, clock: clock)
        let connections = OpenConnections()
        let onReady = onReady
        var serverLogger = logger
        // What the server says of itself, such as that it starts and listens, is not about the queue.
        serverLogger.logLevel = max(serverLogger.logLevel, .notice)
        let application = Application(
            responder: QueueResponder(
                api: api, limits: FormLimits(total: configuration.uploadLimit), cors: configuration.cors,
                logger: logger),
            server: .http1(configuration: .init(additionalChannelHandlers: [connections.makeHandler()])),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "decart-lua"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(Self.group), logger: serverLogger)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await Self.run(application, closing: connections))
        } catch {
            outcome = .failure(error)
        }
        await queue.stop()
        try outcome.get()
    }

    /// Runs until the application ends by itself, or its time to do so is over.
    private static func run(_ application: some Service, closing connections: OpenConnections) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                // A cancellation ends either wait, and is then dealt with in the same way.
                try? await gracefulShutdown()
                // Real time, also where the queue's is not: a client that reads slowly does so in real time.
                try? await SystemClock().sleep(for: grace)
            }
            defer {
                group.cancelAll()
                connections.closeAll()
            }
            try await group.next()
        }
    }
}
