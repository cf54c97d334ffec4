import DecartAPI

extension TransportReply {
    /// Headers that describe the compressed bytes.
    private static let headersOfCoding: Set = [
        "content-encoding", "content-length", "content-md5", "digest", "content-digest", "accept-ranges",
    ]

    /// The reply with its body decompressed, if its content coding is supported.
    ///
    /// - Parameter limit: the most bytes that may come out.
    func decoded(limit: Int, peer: Peer) throws(TransportError) -> TransportReply {
        let coding = ContentCoding(headers)
        switch coding {
        case .identity, .unknown: return self
        case .gzip, .deflate: break
        }
        // A part of a compressed body has no beginning from which to decode.
        guard status != 206 else { return self }
        var reply = self
        reply.isDecoded = true
        reply.headers.removeAll { Self.headersOfCoding.contains($0.name.lowercased()) }
        switch body {
        case .stream(let stream):
            let decoded = DecodedBody(stream, BodyDecoder(coding, limit: limit, peer: peer))
            reply.body = .stream(ByteStream { () async throws(TransportError) in try await decoded.next() })
        case .bytes(let bytes):
            var decoder = BodyDecoder(coding, limit: limit, peer: peer)
            decoder.feed(bytes)
            var whole: [UInt8] = []
            while let piece = try decoder.next() { whole += piece }
            try decoder.finish()
            reply.body = .bytes(whole)
        }
        return reply
    }
}
