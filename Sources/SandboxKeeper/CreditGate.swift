import SandboxLink
import Synchronization

/// How much of a reply may be under way to a script process that has not taken it yet.
final class CreditGate: Sendable {
    /// Bytes.
    static let window = ReplyWindow.size

    private struct State {
        var left = CreditGate.window
        var waiter: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state = Mutex(State())

    /// Waits until there is room, and takes `count` of it. One piece may exceed what is left.
    func take(_ count: Int) async {
        let isThere = state.withLock { state in
            guard state.left > 0 else { return false }
            state.left -= count
            return true
        }
        if isThere { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard state.left <= 0, !state.isOver else { return true }
                    state.waiter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            end()
        }
        state.withLock { $0.left -= count }
    }

    /// - Returns: false for more than was ever given out.
    func give(_ count: Int) -> Bool {
        let (waiter, isSound) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            state.left += count
            guard state.left <= Self.window else { return (nil, false) }
            guard state.left > 0, let waiter = state.waiter else { return (nil, true) }
            state.waiter = nil
            return (waiter, true)
        }
        waiter?.resume()
        return isSound
    }

    private func end() {
        let waiter = state.withLock { state in
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
