/// One request and what came of it, as it may be shown: secrets are masked, and of bodies only their sizes are known.
public struct Exchange: Sendable {
    public typealias Header = (name: String, value: String)

    public enum Outcome: Sendable {
        case reply(Reply)
        /// Why there was none, in one clause.
        case failed(String)
    }

    public struct Reply: Sendable {
        public var status: Int
        public var headers: [Header]
        /// Bytes of the body, decompressed.
        public var size: Int
        /// Why the body was not received to its end; nil: it was.
        public var cut: String?
    }

    public var method: String
    public var url: String
    public var headers: [Header]
    /// Of the request's body; nil without one.
    public var contentType: String?
    /// Bytes of the request's body.
    public var size: Int
    /// 1 for the first try.
    public var attempt: Int
    /// What the try before it came to.
    public var retryReason: String?
    public var outcome: Outcome
    /// In seconds since 1970.
    public var began: Double
    /// Until the request began to leave: in line, for a connection. Zero if it never did.
    public var untilSent: Duration
    /// From then until the reply's head came.
    public var untilHead: Duration
    /// From then until the end of the body.
    public var untilEnd: Duration

    public var took: Duration { untilSent + untilHead + untilEnd }
}

/// Learns of exchanges as they end. It may be called on any thread, and must be quick.
public protocol ExchangeObserver: Sendable {
    func observe(_ exchange: Exchange)
}
