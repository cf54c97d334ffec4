internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
internal import RunClock
public import ServiceLifecycle

/// Serves the page, on threads of its own: a script that blocks does not hold it up.
public struct PageServer: Service {
    /// Where it listens and what it serves.
    public struct Configuration: Sendable {
        /// Other machines reach it only if this says so.
        public var host: String
        /// 0 for a free one, which `onReady` learns.
        public var port: Int
        /// The user's own page; nil for ours.
        public var page: String?
        /// The title of our page until the script sets one.
        public var title: String
        public var token: PageToken
        public var sources: PageSources

        public init(
            host: String = "127.0.0.1", port: Int = 0, page: String? = nil, title: String = "decart-lua",
            token: PageToken = .random(), sources: PageSources = .web
        ) {
            self.host = host
            self.port = port
            self.page = page
            self.title = title
            self.token = token
            self.sources = sources
        }
    }

    /// One thread: the streams to all pages are written on it. Never shut down: Hummingbird's shutdown still has work for
    /// it after its `run()` has returned.
    private static let group = {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        PipeSignal.silence(group)
        return group
    }()
    /// For all pages together, including what they are fetching.
    private static let connectionLimit = 1024
    /// How often it checks for pages that do not read, and sends a sign of life to those that do.
    private static let beat = Duration.seconds(5)
    /// How often it checks the user's page for changes.
    private static let glance = Duration.milliseconds(300)

    private let configuration: Configuration
    private let hub: PageHub
    private let logger: Logger
    private let onReady: @Sendable (String) async -> Void

    /// - Parameter onReady: called once with the page's address, when connections are accepted.
    public init(
        configuration: Configuration, hub: PageHub, logger: Logger = Logger(label: "decart-lua.page"),
        onReady: @escaping @Sendable (String) async -> Void
    ) {
        self.configuration = configuration
        self.hub = hub
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until the task is cancelled or a graceful shutdown, which ends the streams to the pages.
    /// - Throws: a system error when the port cannot be used.
    public func run() async throws {
        let configuration = configuration
        let streams = OpenStreams(on: Self.group.any())
        let bell = hub.subscribe { streams.ring() }
        defer { hub.unsubscribe(bell) }
        let strangers = Strangers()
        let responder = PageResponder(
            gate: PageGate(token: configuration.token, hosts: HostRule(listening: configuration.host)),
            hub: hub, streams: streams, strangers: strangers, page: configuration.page, title: configuration.title,
            policy: ContentPolicy(configuration.sources))
        let onReady = onReady
        var serverLogger = logger
        // What the server says of itself, such as that it starts and listens, is not about the page.
        serverLogger.logLevel = max(serverLogger.logLevel, .notice)
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [StrangerHandler(strangers)], idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "decart-lua",
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in
                await onReady(Self.address(configuration, port: channel.localAddress?.port ?? 0))
            },
            eventLoopGroupProvider: .shared(Self.group), logger: serverLogger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { try await keepBeating(streams) }
            if let page = configuration.page { group.addTask { try await keepLooking(at: page) } }
            group.addTask {
                // Streams never end by themselves, and a graceful shutdown would wait for them. If their end was
                // announced, they get a second to pass it on.
                try await gracefulShutdown()
                for _ in 1...50 where hub.isEnding && !streams.isEmpty {
                    try await hub.clock.sleep(for: .milliseconds(20))
                }
                streams.closeAll()
                try await hub.clock.sleep(until: .init(nanoseconds: .max))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keepBeating(_ streams: OpenStreams) async throws {
        while true {
            try await hub.clock.sleep(for: Self.beat)
            streams.cutOffIdlers()
            hub.ring()
        }
    }

    private func keepLooking(at page: String) async throws {
        var seen = FileMark(page)
        while true {
            try await hub.clock.sleep(for: Self.glance)
            let now = FileMark(page)
            guard now != seen else { continue }
            seen = now
            hub.reload()
        }
    }

    /// With a name that works on this machine even if it listens on every address.
    private static func address(_ configuration: Configuration, port: Int) -> String {
        let host: String
        switch configuration.host {
        case "0.0.0.0", "::": host = "127.0.0.1"
        case let name where name.contains(":"): host = "[\(name)]"
        case let name: host = name
        }
        return "http://\(host):\(port)/\(configuration.token.text)/"
    }
}
