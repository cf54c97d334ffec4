import DequeModule
import Synchronization

/// Lets so many in at one time, the others in the order in which they came.
final class LinkGate: Sendable {
    private struct State {
        var free: Int
        var lastID = 0
        var waiting: Deque<(id: Int, continuation: CheckedContinuation<Bool, Never>)> = []
    }

    /// A place inside; given back once.
    final class Slot: Sendable {
        private let gate: LinkGate
        private let isFree = Mutex(false)

        fileprivate init(_ gate: LinkGate) {
            self.gate = gate
        }

        func release() {
            let wasFree = isFree.withLock { free in
                defer { free = true }
                return free
            }
            if !wasFree { gate.leave() }
        }
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(free: limit))
    }

    /// - Returns: nil if the calling task was cancelled meanwhile.
    func enter() async -> Slot? {
        let id = state.withLock { state -> Int? in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return Slot(self) }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let goesOn { continuation.resume(returning: goesOn) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiting.remove(at: index).continuation
            }
            waiting?.resume(returning: false)
        }
        return isIn ? Slot(self) : nil
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if let next = state.waiting.popFirst() { return next.continuation }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
