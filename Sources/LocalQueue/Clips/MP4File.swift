/// As much of ISO/IEC 14496-12 as it takes to write a title and a comment into a movie.
enum MP4File {
    /// `movie` with those tags, as iTunes and `ffprobe` know them. Tags that it had are dropped.
    ///
    /// The index (`moov`) must come after the pictures (`mdat`), so that its growing moves none of them; a movie that
    /// is laid out otherwise comes back as it is.
    static func tagging(_ movie: [UInt8], title: String, comment: String) -> [UInt8] {
        let boxes = MP4Box.list(in: movie[...])
        guard let index = boxes.last, index.type == "moov" else { return movie }
        let kept = MP4Box.list(in: index.payload).filter { $0.type != "udta" }
        let tags = tag("©nam", title) + tag("©cmt", comment)
        let handler = MP4Box.bytes(
            "hdlr", Array(repeating: 0, count: 8) + latin("mdirappl") + Array(repeating: 0, count: 9))
        let meta = MP4Box.bytes("meta", [0, 0, 0, 0] + handler + MP4Box.bytes("ilst", tags))
        let moov = MP4Box.bytes("moov", kept.flatMap(\.whole) + MP4Box.bytes("udta", meta))
        return boxes.dropLast().flatMap(\.whole) + moov
    }

    /// One tag: a box of its name around a `data` box, whose kind 1 is UTF-8.
    private static func tag(_ name: String, _ text: String) -> [UInt8] {
        MP4Box.bytes(name, MP4Box.bytes("data", [0, 0, 0, 1, 0, 0, 0, 0] + Array(text.utf8)))
    }

    private static func latin(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}

/// One box: four bytes of length, four of type, then its payload.
struct MP4Box {
    /// Four characters of Latin-1: `©` is one byte here.
    var type: String
    var whole: ArraySlice<UInt8>
    var payload: ArraySlice<UInt8> { whole.dropFirst(8) }

    /// The boxes that follow one another in `bytes`; stops at one that does not fit.
    static func list(in bytes: ArraySlice<UInt8>) -> [MP4Box] {
        var boxes: [MP4Box] = []
        var rest = bytes
        while rest.count >= 8 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard length >= 8, length <= rest.count else { return boxes }
            let type = String(String.UnicodeScalarView(rest.dropFirst(4).prefix(4).map { Unicode.Scalar($0) }))
            boxes.append(MP4Box(type: type, whole: rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return boxes
    }

    static func bytes(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        UInt32(payload.count + 8).bigEndianBytes + type.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            + payload
    }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
}
