/// A reply: its status and headers, and its body collected or still to be read.
public struct TransportReply: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        case stream(ByteStream)
    }

    public var status: Int
    /// In the order received. Names compare without regard to case: see `header(_:)`.
    public var headers: [(name: String, value: String)]
    public var body: Body

    public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of that header; `name` in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}

/// The bytes of a reply as they arrive, read one chunk at a time by one reader.
public struct ByteStream: Sendable {
    private let pull: @Sendable () async throws(TransportFailure) -> [UInt8]?

    /// - Parameter pull: the next chunk, or nil when the body has ended whole; a body that ends early throws.
    public init(pull: @escaping @Sendable () async throws(TransportFailure) -> [UInt8]?) {
        self.pull = pull
    }

    /// The next chunk; nil once the body has ended whole.
    /// - Throws: `TransportFailure` for a body that ends early, or a reader that is cancelled.
    public func next() async throws(TransportFailure) -> [UInt8]? {
        try await pull()
    }
}
