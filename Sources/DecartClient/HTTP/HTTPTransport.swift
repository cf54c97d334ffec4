import AsyncHTTPClient
public import DecartAPI
public import NIOCore
public import RunClock

/// Carries requests over HTTP/1.1 and HTTP/2, each of them once.
///
/// All its connections live on one event loop: a caller that runs on that loop (the script runtime does) gets its
/// replies on its own thread. Requests beyond `Configuration.connectionLimit` wait in line here, where one costs a
/// continuation and not a request inside the HTTP client. While a request is under way the clock counts it as
/// external work, so that virtual time does not run away from a socket.
///
/// Call `shutdown()` before letting go of a transport.
public final class HTTPTransport: QueueTransport {
    private let configuration: Configuration
    private let clock: any RunClock
    private let loop: any EventLoop
    /// By the proxy that their connections go through; nil for those that go straight to their server.
    private let clients: [ProxyServer?: HTTPClients]
    let limiter: ConnectionLimiter
    private let templates = RequestTemplates()
    private let silence = SilenceWatch()

    /// - Parameter group: whose (first) event loop to live on; NIO's shared threads unless given. It is the caller's,
    ///   and must outlive the transport.
    public init(
        on group: (any EventLoopGroup)? = nil, clock: any RunClock = SystemClock(),
        configuration: Configuration = Configuration()
    ) {
        let loop = (group ?? HTTPClient.defaultEventLoopGroup).any()
        self.configuration = configuration
        self.clock = clock
        self.loop = loop
        let routes = [nil] + configuration.proxies.servers.map { Optional($0) }
        self.clients = Dictionary(
            routes.map { ($0, HTTPClients(on: loop, configuration, via: $0)) }, uniquingKeysWith: { first, _ in first })
        self.limiter = ConnectionLimiter(limit: configuration.connectionLimit)
    }

    /// Closes every connection. Requests under way fail, later ones are refused with `neverSent`.
    public func shutdown() async {
        for clients in clients.values { await clients.shutdown() }
    }

    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        guard let slot = await limiter.acquire() else {
            throw TransportFailure(.cancelled, reach: .neverSent, reason: "cancelled while waiting for a connection")
        }
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let prepared = try PreparedRequest(
            request, on: loop, proxies: configuration.proxies, templates: templates, silence: silence)
        return request.streamsReply ? try await stream(prepared, slot) : try await collect(prepared, slot)
    }

    private func collect(
        _ request: PreparedRequest, _ slot: ConnectionSlot
    ) async throws(TransportFailure) -> TransportReply {
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
        return try result.mapError(request.watch.failure).get()
    }

    private func stream(
        _ request: PreparedRequest, _ slot: ConnectionSlot
    ) async throws(TransportFailure) -> TransportReply {
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
                        streamer.finish(result.mapError(request.watch.failure))
                    }
                }
            }
        } onCancel: {
            link.cancel()
        }
        var reply = try head.get()
        let body = ReplyBody(streamer: streamer, link: link, clock: clock)
        reply.body = .stream(ByteStream { () async throws(TransportFailure) in try await body.next() })
        return reply
    }

    private func execute<Delegate: HTTPClientResponseDelegate>(
        _ request: PreparedRequest, _ delegate: Delegate
    ) -> HTTPClient.Task<Delegate.Response> {
        guard let clients = clients[request.proxy] else {
            // `clients` was made of every proxy that the same settings can name.
            preconditionFailure("no client for the request's proxy")
        }
        let client = request.needsFreshConnection ? clients.unpooled : clients.pooled
        // The client has no other loop, so its connections are on this one too. Asking for that in so many words would
        // make every connection one beyond the pool's limit, closed after use.
        return client.execute(request: request.http, delegate: delegate, eventLoop: .delegate(on: loop), logger: nil)
    }

    /// Runs `body` when the event loop is done with what it is at. A request is over a moment before its connection is
    /// back in the pool: the next one, sent in that moment, would open another.
    private func afterwards(_ body: @escaping @Sendable () -> Void) {
        loop.execute(body)
    }
}
