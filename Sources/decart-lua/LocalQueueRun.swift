import LocalQueue
import Logging
import ServiceLifecycle

/// The local queue of a run with `--local`, served on threads of its own.
final class LocalQueueRun: Sendable {
    private let ports: AsyncStream<Int>
    private let services: ServiceGroup
    private let serving: Task<Void, any Error>

    init(settings: QueueSettings, logLevel: Logger.Level) {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        self.ports = ports
        var logger = Logger(label: "decart-lua.queue")
        logger.logLevel = logLevel
        let server = LocalQueueServer(configuration: .init(settings: settings), logger: logger) { port in
            found.yield(port)
        }
        let services = ServiceGroup(services: [server], logger: logger.ofServices)
        self.services = services
        serving = Task.detached {
            defer { found.finish() }
            try await services.run()
        }
    }

    /// Returns its URL once it accepts connections.
    func start() async throws -> String {
        for await port in ports { return "http://127.0.0.1:\(port)" }
        try await serving.value
        throw CancellationError()
    }

    func stop() async {
        await services.triggerGracefulShutdown()
        _ = await serving.result
    }
}
