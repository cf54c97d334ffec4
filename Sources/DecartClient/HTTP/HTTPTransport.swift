import AsyncHTTPClient
public import DecartAPI
public import NIOCore
import NIOHTTP1
public import RunClock
import Synchronization

/// Sends requests over HTTP/1.1 and HTTP/2, each of them once.
///
/// All connections live on one event loop, so a caller that runs on that loop (as the script runtime does) gets replies
/// on its own thread. Requests beyond `Configuration.connectionLimit` wait here, where each costs a continuation rather
/// than a request inside the HTTP client. While a request is under way the clock counts it as external work, so that
/// virtual time does not run ahead of the socket.
///
/// Call `shutdown()` before letting go of a transport.
public final class HTTPTransport: QueueTransport {
    private let configuration: Configuration
    private let clock: any RunClock
    let loop: any EventLoop
    private let clients: [Route: HTTPClients]
    let limiter: ConnectionLimiter
    let kept: KeptConnections
    private let templates = RequestTemplates()
    private let silence = SilenceWatch()
    private let isShutDown = Atomic(false)

    /// - Parameter group: whose (first) event loop to live on; NIO's shared threads unless given. It is the caller's,
    ///   and must outlive the transport.
    public init(
        on group: (any EventLoopGroup)? = nil, clock: any RunClock = SystemClock(),
        configuration: Configuration = Configuration()
    ) {
        ReplyPipeline.types
        let loop = (group ?? HTTPClient.defaultEventLoopGroup).any()
        self.configuration = configuration
        self.clock = clock
        self.loop = loop
        self.clients = Dictionary(
            uniqueKeysWithValues: configuration.proxies.routes.map {
                ($0, HTTPClients(on: loop, configuration, by: $0))
            })
        self.limiter = ConnectionLimiter(limit: configuration.connectionLimit)
        self.kept = KeptConnections(on: loop, configuration)
    }

    /// Closes every connection. Requests under way fail, and later ones fail with `neverSent`.
    public func shutdown() async {
        isShutDown.store(true, ordering: .relaxed)
        await kept.shutdown()
        for clients in clients.values { await clients.shutdown() }
    }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        guard let slot = await limiter.acquire() else {
            throw TransportError(.cancelled, reach: .neverSent, reason: "cancelled while waiting for a connection")
        }
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        if let target = kept.target(of: request) { return try await carry(request, to: target, slot) }
        let prepared = try PreparedRequest(
            request, on: loop, proxies: configuration.proxies, templates: templates, silence: silence)
        if prepared.http.scheme == "http" {
            kept.learn(from: request, prepared, version: .http1_1)
            if let target = kept.target(of: request) { return try await carry(request, to: target, slot) }
        }
        if request.streamsReply { return try await stream(prepared, slot) }
        let (reply, version) = try await collect(prepared, slot)
        if let version { kept.learn(from: request, prepared, version: version) }
        return reply
    }

    /// A poll, as a rule.
    private func carry(
        _ request: TransportRequest, to target: KeptConnections.Target, _ slot: ConnectionSlot
    ) async throws(TransportError) -> TransportReply {
        let watch = ExchangeWatch(
            peer: target.origin.peer, idleTimeout: request.idleTimeout, silence: silence, onSending: request.onSending)
        let bytes = target.request(with: request.headers).bytes()
        let result = await target.origin.exchange(KeptExchange(bytes, watch, on: loop))
        slot.release()
        return try watch.reply(result, limit: configuration.collectedReplyLimit).get()
    }

    public func directWay(
        to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
    ) -> (any DirectWay)? {
        let request = TransportRequest(.get, url: base, headers: headers, idleTimeout: idleTimeout)
        guard let target = kept.target(of: request) else { return nil }
        return KeptWay(
            to: target, request, replyLimit: configuration.collectedReplyLimit, limiter, silence, clock)
    }

    /// The reply, and what the server speaks.
    private func collect(
        _ request: PreparedRequest, _ slot: ConnectionSlot
    ) async throws(TransportError) -> (TransportReply, HTTPVersion?) {
        let collector = ReplyCollector(request.watch, limit: configuration.collectedReplyLimit)
        let link = CancellationLink()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let task = execute(request, collector)
                link.connect { task.cancel() }
                task.futureResult.whenComplete { result in
                    self.afterwards {
                        slot.release()
                        continuation.resume(returning: result)
                    }
                }
            }
        } onCancel: {
            link.cancel()
        }
        let reply = try result.mapError { failure($0, of: request, link) }.get()
        let peer = request.watch.peer
        return (try reply.decoded(limit: configuration.collectedReplyLimit, peer: peer), collector.version)
    }

    private func stream(
        _ request: PreparedRequest, _ slot: ConnectionSlot
    ) async throws(TransportError) -> TransportReply {
        let streamer = ReplyStreamer(request.watch)
        let link = CancellationLink()
        let head = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                streamer.awaitHead(continuation)
                let task = execute(request, streamer)
                link.connect { task.cancel() }
                task.futureResult.whenComplete { result in
                    self.afterwards {
                        slot.release()
                        streamer.finish(result.mapError { self.failure($0, of: request, link) })
                    }
                }
            }
        } onCancel: {
            link.cancel()
        }
        var reply = try head.get()
        let body = ReplyBody(streamer: streamer, link: link, clock: clock)
        reply.body = .stream(ByteStream { () async throws(TransportError) in try await body.next() })
        return try reply.decoded(limit: configuration.decodedReplyLimit, peer: request.watch.peer)
    }

    private func execute<Delegate: HTTPClientResponseDelegate>(
        _ request: PreparedRequest, _ delegate: Delegate
    ) -> HTTPClient.Task<Delegate.Response> {
        guard let clients = clients[request.route] else {
            // `clients` holds every route that these settings can yield.
            preconditionFailure("no client for the request's route")
        }
        let client = request.needsFreshConnection ? clients.unpooled : clients.pooled
        // The client has no other loop, so its connections are on this one as well. Asking for that explicitly would
        // make each connection one in excess of the pool's limit, closed after use.
        return client.execute(request: request.http, delegate: delegate, eventLoop: .delegate(on: loop), logger: nil)
    }

    /// The HTTP client reports a request as cancelled when its connection closes just as the request is assigned to it.
    /// Nobody cancelled that one, and it may be made again.
    private func failure(_ error: any Error, of request: PreparedRequest, _ link: CancellationLink) -> TransportError {
        guard error as? HTTPClientError == .cancelled, !link.isCancelled, !isShutDown.load(ordering: .relaxed) else {
            return request.watch.failure(error)
        }
        return request.watch.failure(HTTPClientError.remoteConnectionClosed)
    }

    /// Runs `body` after what the event loop is doing now. A request ends a moment before its connection is back in the
    /// pool, and a request sent in that moment would open another connection.
    private func afterwards(_ body: @escaping @Sendable () -> Void) {
        loop.execute(body)
    }
}
