import DecartAPI
import NIOCore
import RunClock
import SandboxLink

/// A direct way through the keeper: a frame there, and one back.
final class LinkWay: DirectWay {
    /// All but the end of the address.
    private let request: LinkedRequest
    private let connection: LinkConnection
    private let places: LinkGate
    private let room: LinkGate
    private let loop: any EventLoop
    private let clock: any RunClock

    init(
        to request: LinkedRequest, over connection: LinkConnection, _ places: LinkGate, _ room: LinkGate,
        on loop: any EventLoop, _ clock: any RunClock
    ) {
        self.request = request
        self.connection = connection
        self.places = places
        self.room = room
        self.loop = loop
        self.clock = clock
    }

    func get(
        _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
    ) -> (any DirectExchange)? {
        guard loop.inEventLoop else { return nil }
        var request = request
        request.url += rest
        let payload = request.payload
        guard payload.count <= FrameKind.request.limit,
            let place = places.enterNow(LinkLoad(places: 1)),
            let load = room.enterNow(LinkLoad(head: payload.count, .none))
        else { return nil }
        clock.beginExternalWork()
        let poll = LinkPoll([place, load], clock, done)
        let exchange = connection.open(onFrame: { [loop] frame in loop.execute { poll.take(frame) } })
        poll.exchange = exchange
        connection.sendTogether(Frame(.request, exchange.number, payload), from: loop)
        return poll
    }
}

/// A request on a direct way, and what has come back of it.
///
/// `@unchecked Sendable`: it is touched on the way's loop only.
private final class LinkPoll: DirectExchange, @unchecked Sendable {
    fileprivate var exchange: LinkExchange?
    private let shares: [LinkGate.Share]
    private let clock: any RunClock
    private var done: ((Result<TransportReply, TransportError>) -> Void)?
    private var reply: TransportReply?
    private var body: [UInt8] = []

    init(
        _ shares: [LinkGate.Share], _ clock: any RunClock,
        _ done: @escaping (Result<TransportReply, TransportError>) -> Void
    ) {
        self.shares = shares
        self.clock = clock
        self.done = done
    }

    /// The keeper answers that, too.
    func cancel() { exchange?.cancel() }

    func take(_ frame: Frame) {
        guard let exchange else { return }
        switch exchange.event(frame) {
        case .head(let head):
            var reply = TransportReply(status: head.status, headers: head.headers.map { ($0.name, $0.value) })
            reply.isDecoded = head.isDecoded
            self.reply = reply
            if let bytes = head.body { end(bytes) }
        case .chunk(let bytes):
            body += bytes
            exchange.took(bytes.count)
        case .end: end(body)
        case .failure(let failure): end(.failure(failure))
        case .outcome, .began: end(.failure(LinkTransport.unexpected))
        }
    }

    private func end(_ bytes: [UInt8]) {
        guard var reply else { return end(.failure(LinkTransport.unexpected)) }
        reply.body = .bytes(bytes)
        end(.success(reply))
    }

    private func end(_ result: Result<TransportReply, TransportError>) {
        guard let done else { return }
        self.done = nil
        exchange?.close()
        exchange = nil
        for share in shares { share.release() }
        clock.endExternalWork()
        done(result)
    }
}
