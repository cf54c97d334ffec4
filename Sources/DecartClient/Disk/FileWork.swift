import NIOPosix
package import RunClock
import Synchronization

/// Runs calls that block on the disk on threads kept for that, off every event loop.
package enum FileWork {
    /// Runs `body` whether or not the calling task is cancelled: what it does may be the cleaning up.
    static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            // The shared pool lives as long as the process; were it ever stopped, running here is slow but right.
            NIOThreadPool.singleton.submit { _ in continuation.resume(returning: body()) }
        }
    }

    /// The same as work outside the clock's view, so that virtual time stands still meanwhile. Where runs are to be
    /// repeatable it is done here and now: threads would end in any order.
    package static func run<T: Sendable, Failure: Error>(
        on clock: any RunClock, _ body: @escaping @Sendable () throws(Failure) -> T
    ) async throws(Failure) -> T {
        if clock.isRepeatable { return try body() }
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let result = await run { Result { () throws(Failure) in try body() } }
        return try result.get()
    }

    /// Begins `body` and goes on meanwhile. To the clock it is work outside its view until its value is taken, which
    /// has to happen once.
    static func begin<T: Sendable>(on clock: any RunClock, _ body: @escaping @Sendable () -> T) -> Begun<T> {
        clock.beginExternalWork()
        let begun = Begun<T>(clock: clock)
        if clock.isRepeatable {
            begun.end(with: body())
            return begun
        }
        NIOThreadPool.singleton.submit { _ in begun.end(with: body()) }
        return begun
    }

    /// Work that is under way.
    final class Begun<T: Sendable>: Sendable {
        private enum State {
            case running
            case awaited(CheckedContinuation<T, Never>)
            case ended(T)
        }

        private let clock: any RunClock
        private let state = Mutex(State.running)

        fileprivate init(clock: any RunClock) {
            self.clock = clock
        }

        /// Waits for the end, whether or not the calling task is cancelled.
        func value() async -> T {
            defer { clock.endExternalWork() }
            return await withCheckedContinuation { continuation in
                let value = state.withLock { state -> T? in
                    if case .ended(let value) = state { return value }
                    state = .awaited(continuation)
                    return nil
                }
                if let value { continuation.resume(returning: value) }
            }
        }

        fileprivate func end(with value: T) {
            let continuation = state.withLock { state -> CheckedContinuation<T, Never>? in
                defer { state = .ended(value) }
                if case .awaited(let continuation) = state { return continuation }
                return nil
            }
            continuation?.resume(returning: value)
        }
    }
}
