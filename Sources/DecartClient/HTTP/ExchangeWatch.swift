import AsyncHTTPClient
import DecartAPI
import NIOCore
import Synchronization

/// What is known of one exchange on the wire besides its bytes: whether the request has begun to leave, and since when
/// nothing has moved.
///
/// The silence of a socket is measured on its event loop and not on the run's clock: it is real time whatever the
/// clock says, and virtual time stands still while a request is under way.
final class ExchangeWatch: Sendable {
    private struct State {
        var headSent = false
        var lastMove: NIODeadline?
        /// The reader has not asked for more: the silence is ours.
        var isPaused = false
        var timer: Scheduled<Void>?
    }

    /// Host and port, for messages.
    let peer: String
    private let idleTimeout: TimeAmount
    private let onSending: (@Sendable () -> Void)?
    private let state = Mutex(State())

    init(peer: String, idleTimeout: Duration, onSending: (@Sendable () -> Void)?) {
        self.peer = peer
        self.idleTimeout = TimeAmount(idleTimeout)
        self.onSending = onSending
    }

    func headWasSent<Response>(_ task: HTTPClient.Task<Response>) {
        state.withLock { state in
            state.headSent = true
            state.lastMove = task.eventLoop.now
        }
        onSending?()
        check(task)
    }

    func bytesMoved(on loop: any EventLoop) {
        state.withLock { $0.lastMove = loop.now }
    }

    func pause() {
        state.withLock { $0.isPaused = true }
    }

    func resume(on loop: any EventLoop) {
        state.withLock { state in
            state.isPaused = false
            state.lastMove = loop.now
        }
    }

    func finish() {
        let timer = state.withLock { state in
            defer { state.timer = nil }
            return state.timer
        }
        timer?.cancel()
    }

    /// Ends the exchange if nothing has moved for too long, else looks again when that could next be so.
    private func check<Response>(_ task: HTTPClient.Task<Response>) {
        let now = task.eventLoop.now
        let isOver = state.withLock { state -> Bool in
            let due = (state.isPaused ? now : state.lastMove ?? now) + idleTimeout
            if due <= now { return true }
            state.timer = task.eventLoop.scheduleTask(deadline: due) { [weak self] in self?.check(task) }
            return false
        }
        if isOver { task.fail(reason: HTTPClientError.readTimeout) }
    }

    /// That error as a failure of this exchange. Once the head has left the server may act on what follows; before,
    /// not a byte of the body has left, and nothing can have come of it.
    @Sendable func failure(_ error: any Error) -> TransportFailure {
        let reach: TransportFailure.Reach = state.withLock { $0.headSent } ? .maybeSent : .neverSent
        return TransportFailure(from: error, reach: reach, peer: peer, idleTimeout: idleTimeout)
    }
}
