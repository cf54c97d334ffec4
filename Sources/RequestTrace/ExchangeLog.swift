public import Logging
import RunClock

/// Tells exchanges to a log: at `debug` a line for each, at `trace` its headers too.
public struct ExchangeLog: ExchangeObserver {
    private let logger: Logger

    public init(_ logger: Logger) {
        self.logger = logger
    }

    public func observe(_ exchange: Exchange) {
        guard logger.logLevel <= .debug else { return }
        var metadata: Logger.Metadata = [
            "attempt": "\(exchange.attempt)", "ms": "\(exchange.took.shownMilliseconds)", "sent": "\(exchange.size)",
        ]
        if let reason = exchange.retryReason { metadata["after"] = "\(reason)" }
        let (host, path) = exchange.url.splitAtPath
        metadata["host"] = "\(host)"
        let asked = "\(exchange.method) \(path)"
        switch exchange.outcome {
        case .failed(let reason):
            logger.debug("\(asked) failed: \(reason)", metadata: metadata)
        case .reply(let reply):
            metadata["bytes"] = "\(reply.size)"
            let cut = reply.cut.map { ", cut off: \($0)" } ?? ""
            logger.debug("\(asked) \(reply.status)\(cut)", metadata: metadata)
        }
        guard logger.logLevel <= .trace else { return }
        for header in exchange.headers { logger.trace("\(asked) > \(header.name): \(header.value)") }
        guard case .reply(let reply) = exchange.outcome else { return }
        for header in reply.headers { logger.trace("\(asked) < \(header.name): \(header.value)") }
    }
}

extension Duration {
    /// With a tenth as the last digit.
    fileprivate var shownMilliseconds: Double { (inMilliseconds * 10).rounded() / 10 }
}

extension String {
    /// Of a URL: host and port, and what follows them.
    fileprivate var splitAtPath: (host: Substring, path: Substring) {
        let rest = firstRange(of: "://").map { self[$0.upperBound...] } ?? self[...]
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[host.endIndex...]
        return (host, path.isEmpty ? "/" : path)
    }
}
