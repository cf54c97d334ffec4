import DecartAPI
import PlainErrors
import Synchronization

extension QueueReply {
    private static let chunk = 64 * 1024

    /// The reply as the client receives it, read from the queue's folder.
    func transported(
        from folder: JobFolder, streaming: Bool
    ) throws(TransportError) -> TransportReply {
        let headers = headers.map { (name: $0.name, value: $0.value) } + [("content-length", "\(length)")]
        switch body {
        case .bytes(let bytes):
            return TransportReply(status: status, headers: headers, body: Self.body(bytes, streaming: streaming))
        case .file(let name, let range):
            let file = try Self.reading { () throws(MessageError) in try FileSource(path: folder.path(of: name)) }
            let end = cutAfter.map { range.lowerBound + $0 }
            guard streaming else {
                if end != nil { throw Self.cut }
                let bytes = try Self.reading { () throws(MessageError) in
                    try file.read(at: range.lowerBound, count: range.count)
                }
                return TransportReply(status: status, headers: headers, body: .bytes(bytes))
            }
            let position = Mutex(range.lowerBound)
            let stream = ByteStream { () async throws(TransportError) -> [UInt8]? in
                let offset = position.withLock { $0 }
                let count = min(Self.chunk, (end ?? range.upperBound) - offset)
                guard count > 0 else {
                    if end != nil { throw Self.cut }
                    return nil
                }
                let bytes = try Self.reading { () throws(MessageError) in try file.read(at: offset, count: count) }
                position.withLock { $0 = offset + count }
                return bytes
            }
            return TransportReply(status: status, headers: headers, body: .stream(stream))
        }
    }

    private static let cut = TransportError(
        .network, reach: .maybeSent, reason: "the local queue cut the body on purpose")

    private static func body(_ bytes: [UInt8], streaming: Bool) -> TransportReply.Body {
        guard streaming else { return .bytes(bytes) }
        let rest = Mutex<[UInt8]?>(bytes.isEmpty ? nil : bytes)
        return .stream(
            ByteStream { () async throws(TransportError) -> [UInt8]? in
                rest.withLock { rest in
                    defer { rest = nil }
                    return rest
                }
            })
    }

    private static func reading<Value>(_ body: () throws(MessageError) -> Value) throws(TransportError) -> Value {
        do throws(MessageError) {
            return try body()
        } catch {
            throw TransportError(.network, reach: .maybeSent, reason: error.message)
        }
    }
}
