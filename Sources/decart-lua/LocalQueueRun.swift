import LocalQueue
import Logging

/// The local queue of a run with `--local`, on threads of its own.
final class LocalQueueRun: Sendable {
    private let logLevel: Logger.Level
    private let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
    private let serving: Task<Void, any Error>

    init(logLevel: Logger.Level) {
        self.logLevel = logLevel
        var logger = Logger(label: "decart-lua.queue")
        logger.logLevel = logLevel
        let found = portFound
        let server = LocalQueueServer(configuration: LocalQueueServer.Configuration(), logger: logger) { port in
            found.yield(port)
        }
        serving = Task.detached {
            defer { found.finish() }
            try await server.run()
        }
    }

    /// Answers its URL once it accepts connections.
    func start() async throws -> String {
        for await port in ports { return "http://127.0.0.1:\(port)" }
        try await serving.value
        throw CancellationError()
    }

    func stop() async {
        serving.cancel()
        _ = await serving.result
    }
}
