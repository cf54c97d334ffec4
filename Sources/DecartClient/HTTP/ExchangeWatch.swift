import AsyncHTTPClient
import DecartAPI
import NIOCore
import RunClock
import Synchronization

/// Follows one exchange on the wire: whether the request has begun to leave, and when a byte last moved.
final class ExchangeWatch: Sendable {
    private struct State {
        var headSent = false
        var lastMove: RunInstant?
        var isReplyShort = false
        /// The reader has not asked for more, so the silence is not the server's.
        var isPaused = false
        /// Ends the exchange with an error. Set for as long as the exchange is watched.
        var fail: (@Sendable () -> Void)?
    }

    let peer: Peer
    private let idleTimeout: Duration
    private let silence: SilenceWatch
    private let onSending: (@Sendable () -> Void)?
    private let state = Mutex(State())

    init(peer: Peer, idleTimeout: Duration, silence: SilenceWatch, onSending: (@Sendable () -> Void)?) {
        self.peer = peer
        self.idleTimeout = idleTimeout
        self.silence = silence
        self.onSending = onSending
    }

    func headWasSent<Response>(_ task: HTTPClient.Task<Response>) {
        requestBegan { task.fail(reason: HTTPClientError.readTimeout) }
    }

    /// The request begins to leave, for the first time or once more.
    ///
    /// - Parameter fail: ends the exchange with a timeout.
    func requestBegan(orEndBy fail: @escaping @Sendable () -> Void) {
        let now = silence.now
        let isFirst = state.withLock { state in
            defer { state.headSent = true }
            state.lastMove = now
            state.fail = fail
            return !state.headSent
        }
        if isFirst { onSending?() }
        silence.begin(self)
    }

    /// - Parameter isShort: the whole reply must arrive within the time limit for silence. Otherwise a server that
    ///   sends a byte now and then could hold up a poll for ever.
    func replyBegan(isShort: Bool) {
        let now = silence.now
        state.withLock { state in
            state.lastMove = now
            state.isReplyShort = isShort
        }
    }

    func bytesMoved() {
        let now = silence.now
        state.withLock { state in
            if !state.isReplyShort { state.lastMove = now }
        }
    }

    func pause() {
        state.withLock { $0.isPaused = true }
    }

    func resume() {
        let now = silence.now
        state.withLock { state in
            state.isPaused = false
            if !state.isReplyShort { state.lastMove = now }
        }
    }

    func finish() {
        state.withLock { $0.fail = nil }
        silence.end(self)
    }

    /// When the exchange will have been silent for too long, unless something moves before then.
    func due(at now: RunInstant) -> RunInstant {
        state.withLock { ($0.isPaused && !$0.isReplyShort ? now : $0.lastMove ?? now) + idleTimeout }
    }

    func giveUp() {
        let fail = state.withLock { $0.fail }
        fail?()
    }

    /// Turns an error of the HTTP client into one of this exchange. Once the head has been sent, the server may act on
    /// the request. Until then no byte of the body has left, so nothing can have come of it.
    @Sendable func failure(_ error: any Error) -> TransportError {
        let (headSent, isReplyShort) = state.withLock { ($0.headSent, $0.isReplyShort) }
        let reach: TransportError.Reach = headSent ? .maybeSent : .neverSent
        if isReplyShort, error as? HTTPClientError == .readTimeout {
            return TransportError(
                .timeout, reach: reach, reason: "\(peer) had not sent its whole reply after \(idleTimeout.inSeconds) s")
        }
        return TransportError(from: error, reach: reach, peer: peer, idleTimeout: idleTimeout)
    }
}
