import DecartAPI
import NIOCore
import RunClock

/// A direct way to one server, over its kept connections.
final class KeptWay: DirectWay {
    private let origin: KeptOrigin
    private let request: KeptRequest
    private let idleTimeout: Duration
    private let replyLimit: Int
    private let limiter: ConnectionLimiter
    private let silence: SilenceWatch
    private let clock: any RunClock

    /// - Parameters:
    ///   - target: where the request goes that was asked for.
    ///   - replyLimit: the most bytes that a reply's body may come to.
    init(
        to target: KeptConnections.Target, _ request: TransportRequest, replyLimit: Int, _ limiter: ConnectionLimiter,
        _ silence: SilenceWatch, _ clock: any RunClock
    ) {
        origin = target.origin
        self.request = target.request(with: request.headers)
        idleTimeout = request.idleTimeout
        self.replyLimit = replyLimit
        self.limiter = limiter
        self.silence = silence
        self.clock = clock
    }

    func get(
        _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
    ) -> (any DirectExchange)? {
        guard origin.loop.inEventLoop, KeptConnections.isOfPath(rest.utf8), let slot = limiter.acquireNow() else {
            return nil
        }
        clock.beginExternalWork()
        let watch = ExchangeWatch(peer: origin.peer, idleTimeout: idleTimeout, silence: silence, onSending: nil)
        let exchange = KeptExchange(request.bytes(rest), watch, on: origin.loop)
        exchange.begin(at: origin) { [clock, replyLimit] result in
            slot.release()
            clock.endExternalWork()
            done(watch.reply(result, limit: replyLimit))
        }
        return exchange
    }
}

extension ExchangeWatch {
    /// What came of an exchange over a kept connection.
    func reply(_ result: Result<TransportReply, any Error>, limit: Int) -> Result<TransportReply, TransportError> {
        do throws(TransportError) {
            return .success(try result.mapError(failure).get().decoded(limit: limit, peer: peer))
        } catch {
            return .failure(error)
        }
    }
}
