import LocalQueue
import TestSupport

/// A local queue on a free port for as long as a test's body runs.
enum RunningQueue {
    static func with<Value: Sendable>(
        _ settings: QueueSettings = QueueSettings(pending: .zero, processing: .zero),
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        try await RunningService<Int>.with { logger, ready in
            LocalQueueServer(configuration: .init(settings: settings, clips: .builtIn), logger: logger, onReady: ready)
        } during: { port in
            try await body("http://127.0.0.1:\(port)")
        }
    }
}
