import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RunClock

/// The kept connections to one server.
///
/// `@unchecked Sendable`: all that changes is touched on the loop only.
final class KeptOrigin: @unchecked Sendable {
    let peer: Peer
    /// What the URLs of the server begin with, such as "http://localhost:8080/".
    let prefix: String
    /// The header `host`.
    let header: String
    let loop: any EventLoop
    private let configuration: HTTPTransport.Configuration
    let isTLS: Bool
    private let clock: any RunClock

    private var tls: NIOSSLContext?
    /// Those without a request, and since when; the last is taken first.
    private var free: [(connection: KeptConnection, since: RunInstant)] = []
    /// All there are, also those that are being made.
    private var open: [ObjectIdentifier: KeptConnection] = [:]
    /// Those for which a connection is being made.
    private var waiting: [ObjectIdentifier: KeptExchange] = [:]
    private var handshakes: [ObjectIdentifier: WakeID] = [:]
    private var sweep: WakeID?
    private var isShutDown = false

    init(
        _ peer: Peer, prefix: String, header: String, isTLS: Bool, on loop: any EventLoop,
        _ configuration: HTTPTransport.Configuration
    ) {
        self.peer = peer
        self.prefix = prefix
        self.header = header
        self.isTLS = isTLS
        self.loop = loop
        self.configuration = configuration
        clock = configuration.keptConnectionClock
    }

    /// The reply to one request.
    func exchange(_ exchange: KeptExchange) async -> Result<TransportReply, any Error> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if loop.inEventLoop {
                    exchange.begin(at: self) { continuation.resume(returning: $0) }
                } else {
                    loop.execute { exchange.begin(at: self) { continuation.resume(returning: $0) } }
                }
            }
        } onCancel: {
            exchange.cancelNow()
        }
    }

    /// - Parameter onNew: whether no connection that was used before will do.
    func carry(_ exchange: KeptExchange, onNew: Bool = false) {
        if isShutDown { return exchange.end(.failure(HTTPClientError.alreadyShutdown)) }
        if !onNew, let (connection, _) = free.popLast() { return connection.carry(exchange) }
        do {
            try connect(for: exchange)
        } catch {
            exchange.end(.failure(error))
        }
    }

    // MARK: Opening

    private func connect(for exchange: KeptExchange) throws {
        let security = try isTLS ? makeTLS() : nil
        let id = ObjectIdentifier(exchange)
        let limit = clock.now + configuration.connectTimeout
        waiting[id] = exchange
        ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .resolver(configuration.resolver)
            // A reply to a poll comes in one piece: a second read would find nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            // Called for each address that is tried.
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.prepare(channel, security) }
            }
            .connect(host: peer.host, port: peer.port)
            .whenComplete { result in
                self.waiting[id] = nil
                do {
                    let connection = try result.get().pipeline.syncOperations.handler(type: KeptConnection.self)
                    self.isConnected(connection, for: exchange, handshakeUntil: limit)
                } catch {
                    exchange.end(.failure(error))
                }
            }
    }

    private func prepare(_ channel: any Channel, _ security: (context: NIOSSLContext, name: String?)?) throws {
        if isShutDown { throw HTTPClientError.alreadyShutdown }
        let pipeline = channel.pipeline.syncOperations
        if let security {
            try pipeline.addHandler(NIOSSLClientHandler(context: security.context, serverHostname: security.name))
        }
        let encoder = KeptRequestEncoder()
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)))
        let connection = KeptConnection(self, encoder, limit: configuration.collectedReplyLimit)
        try pipeline.addHandler(connection)
        try ReplyPipeline.guardHTTP1(channel, recorder: connection.recorder)
    }

    private func isConnected(_ connection: KeptConnection, for exchange: KeptExchange, handshakeUntil limit: RunInstant)
    {
        if isShutDown { return connection.close() }
        connection.carry(exchange)
        guard !connection.isReady else { return }
        let id = ObjectIdentifier(connection)
        handshakes[id] = clock.wake(at: limit) {
            self.loop.execute {
                if self.handshakes.removeValue(forKey: id) != nil { exchange.fail(HTTPClientError.tlsHandshakeTimeout) }
            }
        }
    }

    private func makeTLS() throws -> (context: NIOSSLContext, name: String?) {
        let context: NIOSSLContext
        if let tls {
            context = tls
        } else {
            var settings = configuration.trust.forTLS
            settings.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: settings)
            tls = context
        }
        let isAddress = (try? SocketAddress(ipAddress: peer.host, port: peer.port)) != nil
        return (context, isAddress ? nil : peer.host)
    }

    func handshakeEnded(_ connection: KeptConnection) {
        endWake(of: ObjectIdentifier(connection))
    }

    func opened(_ connection: KeptConnection) {
        open[ObjectIdentifier(connection)] = connection
    }

    private func endWake(of id: ObjectIdentifier) {
        if let wake = handshakes.removeValue(forKey: id) { clock.cancelWake(wake) }
    }

    // MARK: Between requests

    func isFree(_ connection: KeptConnection) {
        free.append((connection, clock.now))
        if sweep == nil { scheduleSweep(free[0].since) }
    }

    private func scheduleSweep(_ oldest: RunInstant) {
        sweep = clock.wake(at: oldest + configuration.idleConnectionTimeout) { [weak self] in
            guard let self else { return }
            loop.execute { self.closeUnused() }
        }
    }

    /// Closes what has not been used for as long as connections are kept.
    private func closeUnused() {
        sweep = nil
        let now = clock.now
        let unused = free.prefix { $0.since + configuration.idleConnectionTimeout <= now }
        free.removeFirst(unused.count)
        for (connection, _) in unused { connection.close() }
        if let oldest = free.first { scheduleSweep(oldest.since) }
    }

    /// How many connections no request is using. On the loop.
    var freeCount: Int { free.count }

    func cannotCarry(_ connection: KeptConnection) {
        free.removeAll { $0.connection === connection }
    }

    func closed(_ connection: KeptConnection) {
        let id = ObjectIdentifier(connection)
        endWake(of: id)
        open[id] = nil
        cannotCarry(connection)
    }

    /// Closes every connection.
    func shutdown() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.isShutDown = true
                self.free = []
                if let sweep = self.sweep { self.clock.cancelWake(sweep) }
                self.sweep = nil
                let waiting = self.waiting.values
                self.waiting = [:]
                for exchange in waiting { exchange.end(.failure(HTTPClientError.alreadyShutdown)) }
                for connection in self.open.values { connection.close() }
                continuation.resume()
            }
        }
    }
}
