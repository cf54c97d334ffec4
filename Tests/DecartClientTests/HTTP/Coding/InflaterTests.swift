import Testing

@testable import DecartClient

struct InflaterTests {
    private static let text = Array(String(repeating: "A beautiful sunset. ", count: 5000).utf8)

    private func coding(_ compression: Compression) -> ContentCoding { compression == .gzip ? .gzip : .deflate }

    /// What comes out of bytes that are fed so many at a time.
    private func decoded(
        _ bytes: [UInt8], _ coding: ContentCoding, by step: Int = .max, upTo count: Int = 1000
    ) throws(ContentCodingError) -> [UInt8] {
        let inflater = Inflater(coding)
        var whole: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            inflater.feed(Array(rest.prefix(step)))
            rest = rest.dropFirst(step)
            while let piece = try inflater.next(upTo: count) {
                #expect((1...count).contains(piece.count))
                whole += piece
            }
        }
        try inflater.finish()
        return whole
    }

    @Test(arguments: Compression.allCases, [1, 7, .max])
    func `a body comes out as it was, in whatever pieces it came`(compression: Compression, step: Int) throws {
        for text in [Self.text, Array("x".utf8), []] {
            #expect(try decoded(compression(text), coding(compression), by: step) == text)
        }
    }

    @Test func `a gzip body may have several members, and its name may be deflate`() throws {
        let two = Compression.gzip(Array("one ".utf8)) + Compression.gzip(Array("two".utf8))
        #expect(try decoded(two, .gzip, by: 3) == Array("one two".utf8))
        #expect(try decoded(two, .deflate) == Array("one two".utf8))
    }

    @Test func `no bytes at all are an empty body`() throws {
        #expect(try decoded([], .gzip) == [])
    }

    @Test(arguments: Compression.allCases)
    func `a body that is cut, spoilt or followed by something is refused`(compression: Compression) {
        let whole = compression(Self.text)
        for length in [1, 2, 3, whole.count / 2, whole.count - 1] {
            #expect(throws: ContentCodingError.self) { try decoded(Array(whole.prefix(length)), coding(compression)) }
        }
        #expect(throws: ContentCodingError.self) { try decoded(whole + [0, 1, 2], coding(compression)) }
        var spoilt = whole
        spoilt[whole.count / 2] ^= 0xFF
        // A raw body has no sum to be checked by: there it may come out, but as another one.
        #expect((try? decoded(spoilt, coding(compression))) != Self.text)
    }

    @Test func `a body that is not in the coding it names is refused`() {
        for body in ["plain text", "{\"status\":\"pending\"}", "\u{0}\u{0}\u{0}\u{20}ftypisom"] {
            #expect(throws: ContentCodingError.self) { try decoded(Array(body.utf8), .gzip) }
        }
    }

    @Test(arguments: [
        ([], ContentCoding.identity), ([""], .identity), (["identity"], .identity), (["gzip"], .gzip),
        (["X-GZip"], .gzip), (["identity, gzip"], .gzip), ([" deflate "], .deflate), (["br"], .unknown("br")),
        (["gzip, br"], .unknown("gzip, br")), (["gzip", "gzip"], .unknown("gzip, gzip")), (["zstd"], .unknown("zstd")),
    ])
    func `a coding is read from all headers that name one`(values: [String], coding: ContentCoding) {
        #expect(ContentCoding(values.map { ("Content-Encoding", $0) }) == coding)
    }
}
