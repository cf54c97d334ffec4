import Dispatch
import Synchronization

/// Holds a thread up until a test lets it go on.
final class Gate: Sendable {
    private struct State {
        /// How many may pass before it is closed; nil: all.
        var left: Int?
        var isReached = false
    }

    private let state = Mutex(State())
    private let opening = DispatchSemaphore(value: 0)

    /// Closes it behind the next so many.
    func close(after count: Int) { state.withLock { $0.left = count } }

    func open() {
        state.withLock { $0.left = nil }
        opening.signal()
    }

    func pass() {
        let isClosed = state.withLock { state in
            guard let left = state.left else { return false }
            state.left = max(0, left - 1)
            state.isReached = state.isReached || left == 0
            return left == 0
        }
        if isClosed { opening.wait() }
    }

    /// Returns when somebody waits in front of it.
    func reached() async throws {
        while !state.withLock({ $0.isReached }) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
