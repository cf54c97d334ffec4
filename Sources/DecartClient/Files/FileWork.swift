import NIOPosix
import RunClock

/// Runs calls that block on the disk on threads kept for that, off every event loop.
enum FileWork {
    /// Runs `body` whether or not the calling task is cancelled: what it does may be the cleaning up.
    static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            // The shared pool lives as long as the process; were it ever stopped, running here is slow but right.
            NIOThreadPool.singleton.submit { _ in continuation.resume(returning: body()) }
        }
    }

    /// The same as work outside the clock's view, so that virtual time stands still meanwhile.
    static func run<T: Sendable, Failure: Error>(
        on clock: any RunClock, _ body: @escaping @Sendable () throws(Failure) -> T
    ) async throws(Failure) -> T {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let result = await run { Result { () throws(Failure) in try body() } }
        return try result.get()
    }
}
