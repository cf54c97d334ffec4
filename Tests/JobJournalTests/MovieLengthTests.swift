import JobJournal
import Testing

/// An MP4's boxes, put together by hand.
private func box(_ type: String, _ content: [UInt8]...) -> [UInt8] {
    let body = content.flatMap { $0 }
    return number(body.count + 8, 4) + Array(type.utf8) + body
}

private func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// `mvhd` and `mdhd` begin alike.
private func header(_ type: String, scale: Int, duration: Int, version: UInt8 = 0) -> [UInt8] {
    let width = version == 1 ? 8 : 4
    return box(
        type, [version, 0, 0, 0], number(0, 2 * width), number(scale, 4), number(duration, width),
        Array(repeating: 0, count: 80))
}

private func track(duration: Int, media: [UInt8]) -> [UInt8] {
    box(
        "trak", box("tkhd", [0, 0, 0, 7], number(0, 8), number(1, 4), number(0, 4), number(duration, 4)),
        box("mdia", media))
}

private func movie(_ boxes: [UInt8]..., after: [UInt8] = []) -> [UInt8] {
    box("ftyp", Array("isom".utf8)) + box("moov", boxes.flatMap { $0 }) + box("mdat", [1, 2, 3]) + after
}

@Suite struct MovieLengthTests {
    @Test(
        "The length is rounded up to whole seconds",
        arguments: [(1000, 5000, 5), (1000, 5001, 6), (600, 1, 1), (90_000, 449_999, 5)])
    func rounds(scale: Int, duration: Int, seconds: Int) {
        for version in [UInt8(0), 1] {
            let bytes = movie(header("mvhd", scale: scale, duration: duration, version: version))
            #expect(MovieLength.wholeSeconds(of: bytes) == seconds)
        }
    }

    @Test("The longest of the movie, its tracks and their media counts")
    func longest() {
        let short = header("mdhd", scale: 48_000, duration: 48_000)
        let long = header("mdhd", scale: 48_000, duration: 48_000 * 9)
        let movieHeader = header("mvhd", scale: 1000, duration: 3000)
        #expect(MovieLength.wholeSeconds(of: movie(movieHeader, track(duration: 4000, media: short))) == 4)
        #expect(MovieLength.wholeSeconds(of: movie(movieHeader, track(duration: 1000, media: long))) == 9)
    }

    @Test("A fragmented file has no length")
    func fragmented() {
        let movieHeader = header("mvhd", scale: 1000, duration: 3000)
        #expect(MovieLength.wholeSeconds(of: movie(movieHeader, box("mvex", []))) == nil)
        #expect(MovieLength.wholeSeconds(of: movie(movieHeader, after: box("moof", []))) == nil)
    }

    @Test("A length that the file itself says is unknown, or zero, is none")
    func unknown() {
        #expect(MovieLength.wholeSeconds(of: movie(header("mvhd", scale: 1000, duration: 0xFFFF_FFFF))) == nil)
        #expect(MovieLength.wholeSeconds(of: movie(header("mvhd", scale: 1000, duration: 0))) == nil)
        #expect(MovieLength.wholeSeconds(of: movie(header("mvhd", scale: 0, duration: 9))) == nil)
    }

    @Test("A file that is cut off anywhere has no length")
    func cutOff() {
        let whole = movie(
            header("mvhd", scale: 1000, duration: 3000),
            track(duration: 3000, media: header("mdhd", scale: 1000, duration: 3000)))
        #expect(MovieLength.wholeSeconds(of: whole) == 3)
        // Where the cut falls between two whole boxes behind the movie, nothing tells that something is missing.
        let movieEnd = whole.count - box("mdat", [1, 2, 3]).count
        for count in 0..<whole.count where count != movieEnd {
            #expect(MovieLength.wholeSeconds(of: Array(whole[..<count])) == nil, "after \(count) bytes")
        }
    }

    @Test("Whatever the bytes are, reading them ends, and no length is absurd")
    func anyBytes() {
        let whole = movie(
            header("mvhd", scale: 1000, duration: 3000),
            track(duration: 3000, media: header("mdhd", scale: 1000, duration: 3000)))
        for index in whole.indices {
            for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
                var broken = whole
                broken[index] = value
                if let seconds = MovieLength.wholeSeconds(of: broken) {
                    #expect(seconds > 0 && seconds < 1_000_000_000)
                }
            }
        }
    }

    @Test("Files of other kinds have no length", arguments: [[], [1, 2, 3], Array("RIFF....WEBP".utf8)] as [[UInt8]])
    func others(bytes: [UInt8]) {
        #expect(MovieLength.wholeSeconds(of: bytes) == nil)
    }

    private static func film(_ tables: [UInt8]..., edits: [UInt8] = []) -> [UInt8] {
        let second = header("mdhd", scale: 1000, duration: 1000)
        return movie(
            header("mvhd", scale: 1000, duration: 1000),
            box(
                "trak", edits, box("mdia", second, box("minf", box("vmhd", []), box("stbl", tables.flatMap { $0 })))))
    }

    private static func times(_ entries: (count: Int, each: Int)..., said: Int? = nil) -> [UInt8] {
        box(
            "stts", number(0, 4), number(said ?? entries.count, 4),
            entries.flatMap { number($0.count, 4) + number($0.each, 4) })
    }

    private static func sizes(_ count: Int) -> [UInt8] { box("stsz", number(0, 4), number(100, 4), number(count, 4)) }

    @Test("Headers that lie do not shorten what the tables of samples add up to")
    func lyingHeaders() {
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((25, 40)), Self.sizes(25))) == 1)
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((25, 40), (25, 240)), Self.sizes(50))) == 7)
        // An hour of frames that are all said to be over at once.
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((90_000, 0)), Self.sizes(90_000))) == 375)
        let edits = box(
            "edts",
            box("elst", number(0, 4), number(2, 4), number(2000, 4), number(0, 8), number(3500, 4), number(0, 8)))
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((25, 40)), edits: edits)) == 6)
    }

    @Test("A table that is cut off or beyond all measure makes a length unknown")
    func brokenTables() {
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((25, 40), said: 2))) == nil)
        #expect(MovieLength.wholeSeconds(of: Self.film(Self.times((25, 40), said: 0xFFFF_FFF0))) == nil)
        #expect(
            MovieLength.wholeSeconds(of: Self.film(Self.times((0xFFFF_FFFF, 0xFFFF_FFFF), (0xFFFF_FFFF, 0xFFFF_FFFF))))
                == nil)
    }
}
