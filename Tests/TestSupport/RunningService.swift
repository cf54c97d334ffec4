package import Logging
package import ServiceLifecycle

/// A server of the project's, on this machine until it is stopped.
package struct RunningService<Address: Sendable>: Sendable {
    package let address: Address
    private let services: ServiceGroup
    private let serving: Task<Void, any Error>

    /// What serving says in tests: errors.
    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }

    /// Starts the service that `make` answers, and waits until it has called what it was given with its address.
    ///
    /// - Throws: what the service throws before it has an address.
    package static func start(
        _ make: (_ logger: Logger, _ ready: @escaping @Sendable (Address) -> Void) throws -> any Service
    ) async throws -> RunningService {
        let (addresses, ready) = AsyncStream.makeStream(of: Address.self)
        let service = try make(logger) { ready.yield($0) }
        let services = ServiceGroup(configuration: .init(services: [service], logger: logger))
        let serving = Task {
            defer { ready.finish() }
            try await services.run()
        }
        guard let address = await addresses.first(where: { _ in true }) else {
            try await serving.value
            throw CancellationError()
        }
        return RunningService(address: address, services: services, serving: serving)
    }

    /// Serves for as long as `body` runs.
    package static func with<Value: Sendable>(
        _ make: (_ logger: Logger, _ ready: @escaping @Sendable (Address) -> Void) throws -> any Service,
        during body: (Address) async throws -> Value
    ) async throws -> Value {
        let running = try await start(make)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(running.address))
        } catch {
            outcome = .failure(error)
        }
        try await running.stop()
        return try outcome.get()
    }

    /// Shuts down in good order.
    ///
    /// - Throws: what serving has failed with.
    package func stop() async throws {
        await services.triggerGracefulShutdown()
        try await serving.value
    }
}
