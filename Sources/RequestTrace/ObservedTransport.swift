public import DecartAPI
import DecartClient
public import RunClock
import Synchronization

/// A transport whose exchanges are observed. What it passes on is what it is given.
public struct ObservedTransport: QueueTransport {
    private let transport: any QueueTransport
    private let clock: any RunClock
    private let mask: SecretMask
    private let observers: [any ExchangeObserver]

    public init(
        _ transport: any QueueTransport, clock: any RunClock, mask: SecretMask, observers: [any ExchangeObserver]
    ) {
        self.transport = transport
        self.clock = clock
        self.mask = mask
        self.observers = observers
    }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        let exchange = RunningExchange(request, clock: clock, mask: mask, observers: observers)
        var watched = request
        watched.onSending = {
            exchange.beganToLeave()
            request.onSending?()
        }
        var reply: TransportReply
        do throws(TransportError) {
            reply = try await transport.send(watched)
        } catch {
            exchange.failed(error)
            throw error
        }
        exchange.answered(reply)
        switch reply.body {
        case .bytes(let bytes):
            exchange.received(bytes.count)
            exchange.ended()
        case .stream(let stream):
            let body = ObservedBody(stream, exchange)
            reply.body = .stream(ByteStream { () async throws(TransportError) in try await body.next() })
        }
        return reply
    }
}

/// A streamed body. A reader may let go of it before its end.
private final class ObservedBody: Sendable {
    private let stream: ByteStream
    private let exchange: RunningExchange

    init(_ stream: ByteStream, _ exchange: RunningExchange) {
        self.stream = stream
        self.exchange = exchange
    }

    deinit { exchange.readerIsGone() }

    func next() async throws(TransportError) -> [UInt8]? {
        do throws(TransportError) {
            let chunk = try await stream.next()
            if let chunk { exchange.received(chunk.count) } else { exchange.ended() }
            return chunk
        } catch {
            exchange.ended(cut: error.reason)
            throw error
        }
    }
}

/// What is known of an exchange so far. It is told to the observers once, at its end.
private final class RunningExchange: Sendable {
    private struct State {
        var sent: RunInstant?
        var head: RunInstant?
        var reply: Exchange.Reply?
        var hasEnded = false
    }

    private let request: TransportRequest
    private let clock: any RunClock
    private let mask: SecretMask
    private let observers: [any ExchangeObserver]
    /// Masked at once, so that a key in them is known when a reply repeats it.
    private let headers: [Exchange.Header]
    private let start: RunInstant
    private let began: Double
    private let state = Mutex(State())

    init(_ request: TransportRequest, clock: any RunClock, mask: SecretMask, observers: [any ExchangeObserver]) {
        self.request = request
        self.clock = clock
        self.mask = mask
        self.observers = observers
        headers = request.headers.map { ($0.name, mask.requestHeader($0.name, $0.value)) }
        start = clock.now
        began = clock.unixTime
    }

    func beganToLeave() {
        let now = clock.now
        state.withLock { $0.sent = $0.sent ?? now }
    }

    func answered(_ reply: TransportReply) {
        let now = clock.now
        let headers = reply.headers.map { ($0.name, mask.replyHeader($0.name, $0.value)) }
        state.withLock { state in
            state.head = now
            state.reply = Exchange.Reply(status: reply.status, headers: headers, size: 0)
        }
    }

    func received(_ count: Int) {
        state.withLock { $0.reply?.size += count }
    }

    func failed(_ error: TransportError) {
        tell { _ in .failed(mask.text(error.reason)) }
    }

    func ended(cut: String? = nil) {
        tell { reply in
            guard var reply else { return nil }
            reply.cut = cut.map(mask.text)
            return .reply(reply)
        }
    }

    /// What a redirect has for a body is for people, and nobody wants it who follows one.
    func readerIsGone() {
        let isRedirect = state.withLock { (300...399).contains($0.reply?.status ?? 0) }
        ended(cut: isRedirect ? nil : "nobody wanted the rest of it")
    }

    private func tell(_ outcome: (Exchange.Reply?) -> Exchange.Outcome?) {
        let last = state.withLock { state -> State? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state
        }
        guard let last, let outcome = outcome(last.reply) else { return }
        let end = clock.now
        let (type, size) = request.body.described
        let exchange = Exchange(
            method: request.method.rawValue, url: mask.url(request.url), headers: headers, contentType: type,
            size: size,
            attempt: request.retry.map { $0.number + 1 } ?? 1, retryReason: request.retry.map { mask.text($0.reason) },
            outcome: outcome, began: began,
            untilSent: (last.sent ?? start) - start,
            untilHead: (last.head ?? end) - (last.sent ?? start), untilEnd: end - (last.head ?? end))
        for observer in observers { observer.observe(exchange) }
    }
}

extension TransportRequest.Body {
    /// Media type and bytes.
    fileprivate var described: (String?, Int) {
        switch self {
        case .none: (nil, 0)
        case .json: ("application/json", byteCount)
        case .bytes: (nil, byteCount)
        case .form: ("multipart/form-data", byteCount)
        }
    }
}
