import LocalQueue
import RunClock
import TestSupport

/// A queue on this machine whose jobs get on when the test says so: what a page shows meanwhile stays for as long as the
/// browser takes to show it.
struct SteppedQueue: Sendable {
    /// What a program needs to use it, and to leave nothing beside what the test is about.
    let words: [String]
    private let clock: VirtualClock
    private let settings: QueueSettings

    static func with<Value: Sendable>(_ body: (SteppedQueue) async throws -> Value) async throws -> Value {
        let (clock, settings) = (VirtualClock(), QueueSettings())
        return try await RunningService<Int>.with { logger, ready in
            LocalQueueServer(configuration: .init(settings: settings), clock: clock, logger: logger, onReady: ready)
        } during: { port in
            try await body(
                SteppedQueue(
                    words: ["--base-url", "http://127.0.0.1:\(port)", "--journal", "off"], clock: clock,
                    settings: settings))
        }
    }

    /// From now on, all jobs that were pending.
    func process() { clock.advance(by: settings.pending) }

    /// All jobs that are processed.
    func complete() { clock.advance(by: settings.processing) }
}
