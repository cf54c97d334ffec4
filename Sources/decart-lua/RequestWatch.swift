import DecartAPI
import Logging
import PlainErrors
import RequestTrace
import RunClock

/// Who watches a run's requests: the log from `debug` down, and the file of `--trace`.
struct RequestWatch: Sendable {
    private let mask: SecretMask
    private let observers: [any ExchangeObserver]

    /// Nil where nobody watches: then requests cost what they always do.
    ///
    /// - Throws: for a file that cannot be written.
    init?(
        _ options: ScriptOptions, _ logLevel: Logger.Level, _ environment: RunEnvironment, _ console: Console
    ) throws(MessageError) {
        var observers: [any ExchangeObserver] = []
        if logLevel <= .debug {
            var logger = Logger(label: "decart-lua.http")
            logger.logLevel = logLevel
            observers.append(ExchangeLog(logger))
        }
        if let path = options.trace {
            observers.append(try HARFile(path.bytes) { console.error($0) })
        }
        guard !observers.isEmpty else { return nil }
        self.observers = observers
        let key = (environment["DECART_API_KEY"] ?? "").trimmingSpaces
        mask = SecretMask(secrets: [String(key)])
    }

    func watching(_ transport: any QueueTransport, _ clock: any RunClock) -> any QueueTransport {
        ObservedTransport(transport, clock: clock, mask: mask, observers: observers)
    }
}
