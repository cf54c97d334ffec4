import DecartAPI
import Synchronization

/// A compressed body as its reader sees it. Only what is read is decoded, which keeps memory use flat.
final class DecodedBody: Sendable {
    private let source: ByteStream
    private let decoder: Mutex<BodyDecoder>

    init(_ source: ByteStream, _ decoder: sending BodyDecoder) {
        self.source = source
        self.decoder = Mutex(decoder)
    }

    func next() async throws(TransportError) -> [UInt8]? {
        while true {
            if let piece = try decoder.withLock({ decoder throws(TransportError) in try decoder.next() }) {
                return piece
            }
            guard let chunk = try await source.next() else {
                try decoder.withLock { decoder throws(TransportError) in try decoder.finish() }
                return nil
            }
            decoder.withLock { $0.feed(chunk) }
        }
    }
}
