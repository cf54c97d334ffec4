import DecartAPI
import RunClock
import Synchronization

/// Sends a submit so that a cancellation does not lose the id of a job that has come about: once the request has begun
/// to leave, cancelling lets it go on for a grace period. Before that, cancelling ends it at once.
final class SubmitExchange: Sendable {
    static let grace: Duration = .seconds(5)

    private enum State {
        case preparing, sending, ended
        case inGrace(WakeID)
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
    ) async -> Result<TransportReply, TransportFailure> {
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
        end()
        return result
    }

    private static func outcome(
        of request: TransportRequest, by transport: any QueueTransport
    ) async -> Result<TransportReply, TransportFailure> {
        do throws(TransportFailure) {
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

    private func cancel(_ exchange: Task<Result<TransportReply, TransportFailure>, Never>) {
        let hasBegun = state.withLock { state in
            if case .sending = state { true } else { false }
        }
        guard hasBegun else { return exchange.cancel() }
        let wake = clock.wake(at: clock.now + Self.grace) { exchange.cancel() }
        let isLate = state.withLock { state -> Bool in
            if case .ended = state { return true }
            state = .inGrace(wake)
            return false
        }
        if isLate { clock.cancelWake(wake) }
    }

    private func end() {
        let wake = state.withLock { state -> WakeID? in
            defer { state = .ended }
            if case .inGrace(let wake) = state { return wake }
            return nil
        }
        if let wake { clock.cancelWake(wake) }
    }
}
