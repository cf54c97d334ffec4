import AsyncHTTPClient
import DecartAPI
import NIOCore
import RunClock
import Synchronization

/// What is known of one exchange on the wire besides its bytes: whether the request has begun to leave, and since when
/// nothing has moved.
final class ExchangeWatch: Sendable {
    private struct State {
        var headSent = false
        var lastMove: RunInstant?
        /// The reader has not asked for more: the silence is ours.
        var isPaused = false
        /// Ends the exchange with an error; set while its silence is watched.
        var fail: (@Sendable () -> Void)?
    }

    private let peer: Peer
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
        state.withLock { state in
            state.headSent = true
            state.lastMove = silence.now
            state.fail = { task.fail(reason: HTTPClientError.readTimeout) }
        }
        onSending?()
        silence.begin(self)
    }

    func bytesMoved() {
        let now = silence.now
        state.withLock { $0.lastMove = now }
    }

    func pause() {
        state.withLock { $0.isPaused = true }
    }

    func resume() {
        let now = silence.now
        state.withLock { state in
            state.isPaused = false
            state.lastMove = now
        }
    }

    func finish() {
        state.withLock { $0.fail = nil }
        silence.end(self)
    }

    /// When it has been silent for too long, if nothing moves until then.
    func due(at now: RunInstant) -> RunInstant {
        state.withLock { ($0.isPaused ? now : $0.lastMove ?? now) + idleTimeout }
    }

    func giveUp() {
        let fail = state.withLock { $0.fail }
        fail?()
    }

    /// That error as a failure of this exchange. Once the head has left the server may act on what follows; before,
    /// not a byte of the body has left, and nothing can have come of it.
    @Sendable func failure(_ error: any Error) -> TransportFailure {
        let reach: TransportFailure.Reach = state.withLock { $0.headSent } ? .maybeSent : .neverSent
        return TransportFailure(from: error, reach: reach, peer: "\(peer)", idleTimeout: TimeAmount(idleTimeout))
    }
}
