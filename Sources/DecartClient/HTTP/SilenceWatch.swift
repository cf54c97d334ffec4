import RunClock
import Synchronization

/// Ends exchanges on which nothing has moved for too long. They share one timer: a timer per request would cost more
/// than checking, now and then, the few that are under way.
///
/// Silence is measured in real time, whatever the run's clock says: virtual time stands still during a request.
final class SilenceWatch: Sendable {
    private struct State {
        var exchanges: [ObjectIdentifier: ExchangeWatch] = [:]
        /// When the next check is due, if one is.
        var next: (due: RunInstant, wake: WakeID)?
    }

    private let clock = SystemClock()
    private let state = Mutex(State())

    var now: RunInstant { clock.now }

    func begin(_ exchange: ExchangeWatch) {
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)] = exchange }
        scheduleCheck(by: exchange.due(at: now))
    }

    func end(_ exchange: ExchangeWatch) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    private func scheduleCheck(by due: RunInstant) {
        let late = state.withLock { state -> WakeID? in
            if let next = state.next, next.due <= due { return nil }
            let old = state.next?.wake
            state.next = (due, clock.wake(at: due) { [weak self] in self?.check() })
            return old
        }
        if let late { clock.cancelWake(late) }
    }

    private func check() {
        let now = now
        let exchanges = state.withLock { state in
            state.next = nil
            return Array(state.exchanges.values)
        }
        var due: RunInstant?
        for exchange in exchanges {
            let limit = exchange.due(at: now)
            if limit <= now { exchange.giveUp() } else { due = min(due ?? limit, limit) }
        }
        if let due { scheduleCheck(by: due) }
    }
}
