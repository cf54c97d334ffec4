import DecartAPI

/// A reply's body chunk by chunk, whether it was collected or streams.
struct ByteSource {
    enum Next {
        case chunk([UInt8])
        case end
    }

    private var body: TransportReply.Body
    /// What ended it, if not its end.
    private(set) var failure: TransportError?

    init(_ body: TransportReply.Body) {
        self.body = body
    }

    mutating func next() async -> Next {
        do throws(TransportError) {
            switch body {
            case .bytes(let bytes):
                body = .bytes([])
                return bytes.isEmpty ? .end : .chunk(bytes)
            case .stream(let stream):
                return try await stream.next().map { .chunk($0) } ?? .end
            }
        } catch {
            failure = error
            return .end
        }
    }
}
