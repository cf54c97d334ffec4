public import DecartAPI
import RunClock

/// What a server says to a request that costs nothing and changes nothing.
public struct ServerProbe: Sendable {
    public enum Outcome: Sendable {
        /// The status of the reply: 404 from a server that takes the key, since it is asked for a job that nobody has.
        case answered(status: Int)
        /// Below HTTP.
        case failed(TransportError)
        /// A redirect that cannot be followed.
        case misdirected(DecartError)
    }

    public var outcome: Outcome
    /// How far the server's clock is ahead of this machine's, in seconds; nil if it does not say what time it is. Its
    /// `Date` has whole seconds.
    public var clockLead: Double?

    public init(_ outcome: Outcome, clockLead: Double? = nil) {
        self.outcome = outcome
        self.clockLead = clockLead
    }
}

extension DecartClient {
    /// Asks once for the status of a job that does not exist.
    public func probe() async -> ServerProbe {
        let id: JobID
        do throws(DecartError) {
            id = try JobID("job_that_nobody_has")
        } catch {
            return ServerProbe(.misdirected(error))
        }
        let read = Requester.Read(
            url: "\(configuration.baseURL)/v1/jobs/\(id.pathSegment)", call: .status(id))
        switch await requester.attempt(read) {
        case .reply(let reply):
            let time = reply.header("date").flatMap(HTTPDate.unixTime)
            return ServerProbe(
                .answered(status: reply.status), clockLead: time.map { $0 - requester.clock.unixTime })
        case .failed(let error): return ServerProbe(.failed(error))
        case .stopped(let error): return ServerProbe(.misdirected(error))
        }
    }
}

extension HTTPTransport.Configuration {
    /// The proxy that requests to `url` go through, such as `proxy.local:3128`; nil if there is none.
    public func proxyName(for url: BaseURL) -> String? {
        let origin = url.origin
        return proxies.route(for: origin.scheme, host: origin.host).proxy.map { "\($0)" }
    }
}
