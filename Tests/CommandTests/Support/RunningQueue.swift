import LocalQueue
import Logging
import ServiceLifecycle

/// A local queue on a free port for as long as a test's body runs.
enum RunningQueue {
    static func with<Value: Sendable>(
        _ settings: QueueSettings = QueueSettings(pending: .zero, processing: .zero),
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        let (ports, ready) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = LocalQueueServer(
            configuration: .init(settings: settings, clips: .builtIn), logger: logger
        ) { port in
            ready.yield(port)
        }
        let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let serving = Task {
            defer { ready.finish() }
            try await services.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await serving.value
            throw CancellationError()
        }
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body("http://127.0.0.1:\(port)"))
        } catch {
            outcome = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving.value
        return try outcome.get()
    }
}
