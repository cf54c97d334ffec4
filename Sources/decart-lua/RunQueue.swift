import DecartAPI
import DecartClient
import LocalQueue
import Logging
import RunClock
import ScriptedQueue

/// The queue on this machine that a run uses, if it does: served on loopback, or under virtual time in this process,
/// without sockets, so that a request takes no time that the clock does not know of.
struct RunQueue {
    struct Problem: Error {
        var message: String
    }

    /// Where the queue within the process says it is.
    private static let address = "http://queue.local"

    /// Nil: there is no such queue.
    private(set) var server: ServerOverride?
    /// Carries requests to a queue within the process.
    private(set) var transport: InProcessQueue?
    private var served: LocalQueueRun?

    /// - Throws: why there can be none: a scenario that is none, a port or disk that cannot be used.
    static func start(_ options: ScriptOptions, clock: any RunClock, logLevel: Logger.Level) async throws(Problem)
        -> RunQueue
    {
        guard options.isLocal else { return RunQueue() }
        var settings = QueueSettings(seed: options.chanceSeed)
        do throws(TimetableProblem) {
            if let path = options.scenario {
                let scenario = try Scenario(path: path, seed: options.chanceSeed)
                settings.planner = { scenario.answer(to: $0) }
            }
        } catch {
            throw Problem(message: error.message)
        }
        do {
            if options.isVirtual {
                let queue = try InProcessQueue(settings: settings, clock: clock, address: address)
                return RunQueue(server: .local(address), transport: queue)
            }
            let served = LocalQueueRun(settings: settings, logLevel: logLevel)
            return RunQueue(server: .local(try await served.start()), served: served)
        } catch {
            throw Problem(message: "the local queue cannot start: \(error)")
        }
    }

    func stop() async {
        await served?.stop()
    }
}

extension ScriptOptions {
    /// Virtual time is there to make runs repeatable: it has a seed in any case.
    var chanceSeed: UInt64? { seed ?? (isVirtual ? 1 : nil) }
}
