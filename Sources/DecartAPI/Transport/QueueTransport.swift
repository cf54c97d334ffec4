/// Carries one request to a queue and its reply back. Over HTTP that is a socket; under virtual time it is the local
/// queue's engine in the same process, so that everything above it (validation, retries, error codes, poll loops)
/// is the same code in both.
///
/// A transport sends a request once. It follows no redirect and retries nothing: those rules need to know whether
/// the request may be sent again, and belong to the client.
public protocol QueueTransport: Sendable {
    /// - Throws: `TransportError`, also when the calling task is cancelled, which ends the exchange at once.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply

    /// A direct way for GETs to addresses that begin with `base`, all of them with these headers; nil where there is
    /// none, or none yet: then it may be asked for again. Most transports have none.
    ///
    /// - Parameters:
    ///   - base: an absolute URL up to somewhere in its path.
    ///   - idleTimeout: as in `TransportRequest`.
    func directWay(
        to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
    ) -> (any DirectWay)?
}

/// What went wrong below HTTP, and how far the request had come by then: that decides whether a submit may be repeated.
public struct TransportError: Error, Sendable {
    /// How far the request had come.
    public enum Reach: Sendable {
        /// Not one byte of the request has left: DNS failed, the connection was refused, TLS did not come about.
        case neverSent
        /// The request had begun to leave; the server may have acted on it.
        case maybeSent
    }

    /// What went wrong.
    public enum Kind: Sendable {
        /// DNS, refused, reset, TLS, closed too early, not HTTP.
        case network
        /// No byte went either way for as long as the request allows.
        case timeout
        /// The calling task was cancelled.
        case cancelled
        /// The request's own body could not be read (a file that went away or shrank while it was sent).
        case body
    }

    public var kind: Kind
    public var reach: Reach
    /// One clause in plain words, such as "connection refused by 127.0.0.1:9".
    public var reason: String
    /// The error that the caller is to get as it is: of somebody between who may not let the request pass.
    public var refusal: DecartError?

    public init(_ kind: Kind, reach: Reach, reason: String) {
        self.kind = kind
        self.reach = reach
        self.reason = reason
    }

    /// A request that somebody between did not let pass. It is not tried again.
    public init(refusal: DecartError) {
        self.init(.body, reach: .neverSent, reason: refusal.message)
        self.refusal = refusal
    }
}
