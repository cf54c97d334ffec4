import DequeModule
import Synchronization

/// Admits a limited number at a time. The rest wait in order of arrival, at the cost of one continuation each.
final class ConnectionLimiter: Sendable {
    private typealias Waiter = CheckedContinuation<ConnectionSlot?, Never>

    private struct State {
        var free: Int
        var next: UInt64 = 0
        var line: Deque<UInt64> = []
        /// Those still waiting. A ticket in `line` that is missing here has been cancelled.
        var waiters: [UInt64: Waiter] = [:]

        mutating func takeTicket() -> UInt64 {
            next += 1
            return next
        }

        mutating func takeFirst() -> Waiter? {
            while let ticket = line.popFirst() {
                if let waiter = waiters.removeValue(forKey: ticket) { return waiter }
            }
            return nil
        }

        mutating func remove(_ ticket: UInt64) -> Waiter? {
            guard let waiter = waiters.removeValue(forKey: ticket) else { return nil }
            // Cancelled tickets are removed from the line in one sweep once they are the majority.
            if line.count > 32, line.count > 2 * waiters.count {
                let waiters = waiters
                line.removeAll { waiters[$0] == nil }
            }
            return waiter
        }
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(free: max(1, limit)))
    }

    /// How many are waiting in line.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// A slot as soon as one is free; nil if the calling task is cancelled first.
    func acquire() async -> ConnectionSlot? {
        if Task.isCancelled { return nil }
        if let slot = acquireNow() { return slot }
        let ticket = state.withLock { $0.takeTicket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, ticket) }
        } onCancel: {
            state.withLock { $0.remove(ticket) }?.resume(returning: nil)
        }
    }

    /// A slot if one is free; nil: there is none.
    func acquireNow() -> ConnectionSlot? {
        let isFree = state.withLock { state -> Bool in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
        return isFree ? ConnectionSlot(of: self) : nil
    }

    private func wait(_ waiter: Waiter, _ ticket: UInt64) {
        enum Outcome { case slot, cancelled, waits }
        let outcome = state.withLock { state -> Outcome in
            // Checked under the lock: a later cancellation will find the ticket and remove it.
            if Task.isCancelled { return .cancelled }
            if state.free > 0 {
                state.free -= 1
                return .slot
            }
            state.line.append(ticket)
            state.waiters[ticket] = waiter
            return .waits
        }
        switch outcome {
        case .slot: waiter.resume(returning: ConnectionSlot(of: self))
        case .cancelled: waiter.resume(returning: nil)
        case .waits: break
        }
    }

    fileprivate func giveBack() {
        let waiter = state.withLock { state -> Waiter? in
            let waiter = state.takeFirst()
            if waiter == nil { state.free += 1 }
            return waiter
        }
        waiter?.resume(returning: ConnectionSlot(of: self))
    }
}

/// The right to one connection. Returned by `release()` or when this object goes away.
final class ConnectionSlot: Sendable {
    private let limiter: ConnectionLimiter
    private let isHeld = Mutex(true)

    fileprivate init(of limiter: ConnectionLimiter) {
        self.limiter = limiter
    }

    deinit { release() }

    func release() {
        let wasHeld = isHeld.withLock { held in
            defer { held = false }
            return held
        }
        if wasHeld { limiter.giveBack() }
    }
}
