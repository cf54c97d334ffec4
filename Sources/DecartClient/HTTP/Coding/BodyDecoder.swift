import DecartAPI

/// Decompresses a body up to a limit: a small body can expand to any number of bytes.
struct BodyDecoder {
    /// How many bytes come out at a time.
    private static let pieceSize = 64 << 10

    private let inflater: Inflater
    private let peer: Peer
    /// How many bytes may still come out.
    private var left: Int

    /// - Parameter limit: the most bytes that may come out.
    init(_ coding: ContentCoding, limit: Int, peer: Peer) {
        inflater = Inflater(coding)
        self.peer = peer
        left = limit
    }

    func feed(_ bytes: [UInt8]) { inflater.feed(bytes) }

    /// The next piece of what has been fed; nil when nothing is left of it.
    mutating func next() throws(TransportError) -> [UInt8]? {
        do throws(ContentCodingError) {
            guard let piece = try inflater.next(upTo: Self.pieceSize) else { return nil }
            guard piece.count <= left else {
                throw ContentCodingError(reason: "sent a compressed body that expands to more bytes than are accepted")
            }
            left -= piece.count
            return piece
        } catch {
            throw failure(error)
        }
    }

    /// - Throws: if what has been fed is not a complete body.
    func finish() throws(TransportError) {
        do throws(ContentCodingError) {
            try inflater.finish()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: ContentCodingError) -> TransportError {
        TransportError(.network, reach: .maybeSent, reason: "\(peer) \(error.reason)")
    }
}
