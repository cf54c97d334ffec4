import DecartAPI
import DecartClient
import LocalQueue
import Logging
import PlainErrors
import RunClock
import ScriptedQueue

/// The local queue of a run, if it has one: served on loopback or, under virtual time, in this process without sockets,
/// so that a request takes no real time.
struct RunQueue {
    /// The URL of a queue in this process.
    private static let address = "http://queue.local"

    /// Nil: the run has no local queue.
    private(set) var server: ServerOverride?
    /// Carries requests to a queue in this process.
    private(set) var transport: InProcessQueue?
    private var served: LocalQueueRun?

    /// Of a run that has one.
    ///
    /// - Parameter isInProcess: whether it needs no sockets.
    /// - Throws: if the scenario cannot be loaded, or the port or the disk cannot be used.
    static func start(
        _ options: ScriptOptions, clock: any RunClock, logLevel: Logger.Level, isInProcess: Bool
    ) async throws(MessageError) -> RunQueue {
        var settings = QueueSettings(seed: options.chanceSeed)
        if let path = options.scenario {
            let scenario = try Scenario(path: path.bytes, seed: options.chanceSeed)
            settings.planner = { scenario.answer(to: $0) }
        }
        do {
            if isInProcess {
                let queue = try InProcessQueue(settings: settings, clock: clock, address: address)
                return RunQueue(server: .local(address), transport: queue)
            }
            let served = LocalQueueRun(settings: settings, logLevel: logLevel)
            return RunQueue(server: .local(try await served.start()), served: served)
        } catch {
            throw MessageError("the local queue cannot start: \(error)")
        }
    }

    /// What carries the run's requests; nil: there is no queue in this process.
    ///
    /// - Parameter other: carries those to other servers; nil: there are none.
    func transport(beside other: (any QueueTransport)?) -> (any QueueTransport)? {
        guard let transport, let other else { return transport }
        return SplitTransport(start: Self.address + "/", queue: transport, other: other)
    }

    func stop() async {
        await served?.stop()
    }
}

/// Takes requests to the queue in this process there, and all others elsewhere.
private struct SplitTransport: QueueTransport {
    let start: String
    let queue: any QueueTransport
    let other: any QueueTransport

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        try await (request.url.hasPrefix(start) ? queue : other).send(request)
    }
}

extension ScriptOptions {
    /// Runs under virtual time are repeatable: they always have a seed.
    var chanceSeed: UInt64? { seed ?? (isVirtual ? 1 : nil) }
}
