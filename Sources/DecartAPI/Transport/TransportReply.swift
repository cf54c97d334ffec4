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
    /// Whether the body arrived compressed and has been decoded. `content-length` and similar headers, which described
    /// the compressed bytes, have then been removed. A `Range` counts compressed bytes too, so such a body cannot be
    /// resumed.
    public var isDecoded = false

    public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of that header; `name` in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.isHeaderName(name) }?.value
    }
}

/// The bytes of a reply as they arrive, read one chunk at a time by one reader.
public struct ByteStream: Sendable {
    private let pull: @Sendable () async throws(TransportError) -> [UInt8]?

    /// - Parameter pull: the next chunk, or nil when the body has ended whole; a body that ends early throws.
    public init(pull: @escaping @Sendable () async throws(TransportError) -> [UInt8]?) {
        self.pull = pull
    }

    /// The next chunk; nil once the body has ended whole.
    /// - Throws: `TransportError` for a body that ends early, or a reader that is cancelled.
    public func next() async throws(TransportError) -> [UInt8]? {
        try await pull()
    }
}

extension String {
    /// Whether this equals a header's name regardless of case; `name` is in lower case. Several headers are looked up in
    /// every reply to a poll, and lowercasing a copy of each name would cost more than the rest of the lookup.
    package func isHeaderName(_ name: String) -> Bool {
        guard utf8.count == name.utf8.count else { return false }
        return zip(utf8, name.utf8).allSatisfy { byte, wanted in
            byte == wanted || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == wanted
        }
    }
}
