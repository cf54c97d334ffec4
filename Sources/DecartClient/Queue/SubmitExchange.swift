import DecartAPI
import RunClock
import Synchronization

/// Sends a submit in such a way that a cancellation does not lose the id of a new job: once the request has begun
/// to leave, a cancelled submit goes on for a grace period. Before that, cancelling ends it at once.
final class SubmitExchange: Sendable {
    static let grace: Duration = .seconds(5)

    private enum State {
        case preparing, sending, ended
        case inGrace(WakeID)
        case graceOver
    }

    private let transport: any QueueTransport
    private let clock: any RunClock
    private let executor: (any TaskExecutor)?
    private let state = Mutex(State.preparing)

    init(transport: any QueueTransport, clock: any RunClock, executor: (any TaskExecutor)?) {
        self.transport = transport
        self.clock = clock
        self.executor = executor
    }

    /// Once for each exchange. The request runs in a task of its own, which the caller's cancellation does not reach,
    /// but on the caller's actor or executor: it costs no thread hop, and under virtual time submits keep their order.
    func send(
        _ request: TransportRequest, isolation: isolated (any Actor)? = #isolation
    ) async -> Result<TransportReply, TransportError> {
        var request = request
        request.onSending = { [weak self] in self?.began() }
        let sent = request
        let exchange =
            if let executor {
                Task(executorPreference: executor) { [transport] in await Self.outcome(of: sent, by: transport) }
            } else {
                Task {
                    _ = isolation
                    return await Self.outcome(of: sent, by: transport)
                }
            }
        let result = await withTaskCancellationHandler {
            await exchange.value
        } onCancel: {
            cancel(exchange)
        }
        guard end(), case .failure(var error) = result, error.kind == .cancelled else { return result }
        error.reason = "no reply came in the \(Self.grace.components.seconds) s that it was given"
        return .failure(error)
    }

    private static func outcome(
        of request: TransportRequest, by transport: any QueueTransport
    ) async -> Result<TransportReply, TransportError> {
        do throws(TransportError) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    private func began() {
        state.withLock { state in
            if case .preparing = state { state = .sending }
        }
    }

    private func cancel(_ exchange: Task<Result<TransportReply, TransportError>, Never>) {
        let hasBegun = state.withLock { state in
            if case .sending = state { true } else { false }
        }
        guard hasBegun else { return exchange.cancel() }
        let wake = clock.wake(at: clock.now + Self.grace) { [weak self] in
            self?.graceIsOver()
            exchange.cancel()
        }
        let isLate = state.withLock { state -> Bool in
            switch state {
            case .ended, .graceOver: return true
            case .preparing, .sending, .inGrace:
                state = .inGrace(wake)
                return false
            }
        }
        if isLate { clock.cancelWake(wake) }
    }

    private func graceIsOver() {
        state.withLock { state in
            if case .ended = state { return }
            state = .graceOver
        }
    }

    /// - Returns: whether the grace period had run out.
    private func end() -> Bool {
        let last = state.withLock { state in
            defer { state = .ended }
            return state
        }
        if case .inGrace(let wake) = last { clock.cancelWake(wake) }
        if case .graceOver = last { return true }
        return false
    }
}
