/// Reads how long an MP4 or QuickTime file plays, without decoding any of it.
///
/// The longest of the movie header (`mvhd`), its tracks' headers (`tkhd`), their media's headers (`mdhd`), what the tables
/// of samples and of edits add up to counts: a job is paid for by the second, and the shortest could be short of the truth.
/// Headers are easily made to lie, tables are what a player goes by. Nothing is guessed: a fragmented file,
/// whose headers do not know its length, and a file that is cut off or contradicts itself have no length.
public struct MovieLength {
    /// Bytes of the file: exactly `count` from `offset` on, or nil if they are not to be had.
    public typealias Reader = (_ offset: Int, _ count: Int) -> [UInt8]?

    private let read: Reader
    private var timescale: UInt64 = 0
    private var seconds: UInt64 = 0
    private var boxesLeft = 100_000
    /// Of all tables. An hour of video has some 100,000 frames, and most of them share an entry.
    private var entriesLeft = 10_000_000

    private init(_ read: @escaping Reader) {
        self.read = read
    }

    /// The length in seconds, rounded up to whole ones; nil if it is not known.
    ///
    /// - Parameter size: bytes of the whole file.
    public static func wholeSeconds(size: Int, _ read: @escaping Reader) -> Int? {
        var length = MovieLength(read)
        guard length.readFile(size), length.seconds > 0, length.seconds < 1_000_000_000 else { return nil }
        return Int(length.seconds)
    }

    /// The same of bytes in memory.
    public static func wholeSeconds(of bytes: [UInt8]) -> Int? {
        wholeSeconds(size: bytes.count) { offset, count in
            offset >= 0 && count >= 0 && offset <= bytes.count - count ? Array(bytes[offset..<(offset + count)]) : nil
        }
    }

    private mutating func readFile(_ size: Int) -> Bool {
        var movies = 0
        guard let boxes = boxes(in: 0..<size) else { return false }
        for box in boxes {
            switch box.type {
            case "moov":
                movies += 1
                guard readMovie(box.content) else { return false }
            case "moof": return false
            default: break
            }
        }
        return movies == 1
    }

    private mutating func readMovie(_ range: Range<Int>) -> Bool {
        guard let boxes = boxes(in: range), !boxes.contains(where: { $0.type == "mvex" }) else { return false }
        let headers = boxes.filter { $0.type == "mvhd" }
        guard headers.count == 1, let header = headers.first.flatMap({ timedHeader($0.content) }) else { return false }
        timescale = header.timescale
        guard count(header.duration, by: timescale) else { return false }
        for track in boxes where track.type == "trak" {
            guard readTrack(track.content) else { return false }
        }
        return true
    }

    private mutating func readTrack(_ range: Range<Int>) -> Bool {
        guard let boxes = boxes(in: range) else { return false }
        for box in boxes {
            switch box.type {
            case "tkhd":
                guard let duration = trackDuration(box.content), count(duration, by: timescale) else { return false }
            case "mdia": guard readMedia(box.content) else { return false }
            case "edts":
                guard let edits = self.boxes(in: box.content) else { return false }
                for list in edits where list.type == "elst" {
                    guard let duration = editedDuration(list.content), count(duration, by: timescale) else {
                        return false
                    }
                }
            default: break
            }
        }
        return true
    }

    private mutating func readMedia(_ range: Range<Int>) -> Bool {
        guard let media = boxes(in: range) else { return false }
        var timescales: [UInt64] = []
        for header in media where header.type == "mdhd" {
            guard let timed = timedHeader(header.content), count(timed.duration, by: timed.timescale) else {
                return false
            }
            timescales.append(timed.timescale)
        }
        for information in media where information.type == "minf" {
            guard let parts = boxes(in: information.content) else { return false }
            for table in parts where table.type == "stbl" {
                guard timescales.count == 1, let samples = boxes(in: table.content) else { return false }
                let isFilm = parts.contains { $0.type == "vmhd" }
                guard readSamples(samples, by: timescales[0], isFilm: isFilm) else { return false }
            }
        }
        return true
    }

    /// More frames a second than any camera takes.
    private static let mostFrames: UInt64 = 240

    private mutating func readSamples(_ boxes: [Box], by timescale: UInt64, isFilm: Bool) -> Bool {
        for box in boxes {
            switch box.type {
            case "stts":
                guard
                    let total = total(
                        of: box.content, entrySize: 8, { Self.number($0.prefix(4)) &* Self.number($0.suffix(4)) }),
                    count(total, by: timescale)
                else { return false }
            // However short each of them is said to be.
            case "stsz" where isFilm, "stz2" where isFilm:
                guard let samples = field(box.content, at: 8, 4), count(samples, by: Self.mostFrames) else {
                    return false
                }
            default: break
            }
        }
        return true
    }

    /// What a list of edits plays, in the movie's time.
    private mutating func editedDuration(_ range: Range<Int>) -> UInt64? {
        guard let version = version(range) else { return nil }
        let width = version == 1 ? 8 : 4
        return total(of: range, entrySize: 2 * width + 4) { Self.number($0.prefix(width)) }
    }

    /// Adds up what the entries of a table are worth; nil where it is cut off, or the sum is beyond all measure.
    private mutating func total(of range: Range<Int>, entrySize: Int, _ worth: (ArraySlice<UInt8>) -> UInt64) -> UInt64?
    {
        guard version(range) != nil, let entries = field(range, at: 4, 4), entries <= UInt64(entriesLeft),
            range.count >= 8 + Int(entries) * entrySize
        else { return nil }
        entriesLeft -= Int(entries)
        var sum: UInt64 = 0
        let atOnce = 4096
        for first in stride(from: 0, to: Int(entries), by: atOnce) {
            let size = min(atOnce, Int(entries) - first) * entrySize
            guard let bytes = read(range.lowerBound + 8 + first * entrySize, size) else { return nil }
            for start in stride(from: 0, to: size, by: entrySize) {
                let (next, overflow) = sum.addingReportingOverflow(worth(bytes[start..<(start + entrySize)]))
                guard !overflow else { return nil }
                sum = next
            }
        }
        return sum
    }

    /// Takes a duration in; false for one that says it is unknown.
    private mutating func count(_ duration: UInt64?, by timescale: UInt64) -> Bool {
        guard let duration, timescale > 0 else { return false }
        seconds = max(seconds, duration / timescale + (duration % timescale > 0 ? 1 : 0))
        return true
    }

    // MARK: Boxes

    private struct Box {
        var type: String
        var content: Range<Int>
    }

    /// The boxes that fill `range`; nil if they do not, or if they are too many to be meant.
    private mutating func boxes(in range: Range<Int>) -> [Box]? {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            boxesLeft -= 1
            guard boxesLeft > 0, range.upperBound - offset >= 8, let head = read(offset, 8) else { return nil }
            let type = String(decoding: head[4...], as: UTF8.self)
            var size = Int(Self.number(head[..<4]))
            var headSize = 8
            if size == 1 {
                guard range.upperBound - offset >= 16, let long = read(offset + 8, 8) else { return nil }
                let wide = Self.number(long[...])
                guard wide <= UInt64(Int.max) else { return nil }
                size = Int(wide)
                headSize = 16
            } else if size == 0 {
                size = range.upperBound - offset
            }
            guard size >= headSize, size <= range.upperBound - offset else { return nil }
            boxes.append(Box(type: type, content: (offset + headSize)..<(offset + size)))
            offset += size
        }
        return boxes
    }

    /// `mvhd` and `mdhd` begin alike: version and flags, two dates, a time scale, a duration (nil: not known).
    private func timedHeader(_ range: Range<Int>) -> (timescale: UInt64, duration: UInt64?)? {
        guard let version = version(range) else { return nil }
        let width = version == 1 ? 8 : 4
        guard let scale = field(range, at: 4 + 2 * width, 4),
            let duration = field(range, at: 8 + 2 * width, width)
        else { return nil }
        return (scale, duration)
    }

    /// `tkhd`: version and flags, two dates, an id, four bytes of nothing, a duration.
    private func trackDuration(_ range: Range<Int>) -> UInt64? {
        guard let version = version(range) else { return nil }
        let width = version == 1 ? 8 : 4
        return field(range, at: 12 + 2 * width, width)
    }

    private func version(_ range: Range<Int>) -> UInt8? {
        guard range.count >= 4, let version = read(range.lowerBound, 1)?.first, version <= 1 else { return nil }
        return version
    }

    /// A number; nil for one that is all ones, which stands for "unknown", or beyond the box.
    private func field(_ range: Range<Int>, at offset: Int, _ width: Int) -> UInt64? {
        guard range.count >= offset + width, let bytes = read(range.lowerBound + offset, width),
            !bytes.allSatisfy({ $0 == 0xFF })
        else { return nil }
        return Self.number(bytes[...])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
