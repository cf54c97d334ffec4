import RunClock
import Synchronization

/// Ends the exchanges on which nothing has moved for too long. One timer for all of them: a timer for each request
/// would cost more than looking at the few that are under way now and then.
///
/// Silence is real time, whatever the run's clock says: virtual time stands still while a request is under way.
final class SilenceWatch: Sendable {
    private struct State {
        var exchanges: [ObjectIdentifier: ExchangeWatch] = [:]
        /// When it looks next, if it does.
        var next: (due: RunInstant, wake: WakeID)?
    }

    private let clock = SystemClock()
    private let state = Mutex(State())

    var now: RunInstant { clock.now }

    func begin(_ exchange: ExchangeWatch) {
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)] = exchange }
        look(by: exchange.due(at: now))
    }

    func end(_ exchange: ExchangeWatch) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    private func look(by due: RunInstant) {
        let late = state.withLock { state -> WakeID? in
            if let next = state.next, next.due <= due { return nil }
            let old = state.next?.wake
            state.next = (due, clock.wake(at: due) { [weak self] in self?.look() })
            return old
        }
        if let late { clock.cancelWake(late) }
    }

    private func look() {
        let now = now
        let exchanges = state.withLock { state in
            state.next = nil
            return Array(state.exchanges.values)
        }
        var due: RunInstant?
        for exchange in exchanges {
            let its = exchange.due(at: now)
            if its <= now { exchange.giveUp() } else { due = min(due ?? its, its) }
        }
        if let due { look(by: due) }
    }
}
