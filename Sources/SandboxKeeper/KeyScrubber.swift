import Glibc

/// Takes a key out of what a server has sent: an echo of it must not reach the script process. Stars take its place.
struct KeyScrubber: Sendable {
    /// What is shorter is no secret, and may stand in any result by chance.
    private static let shortestKey = 12

    private let key: [UInt8]
    /// The end of what has come, which may be the beginning of the key.
    private var held: [UInt8] = []

    /// - Parameter key: nil: nothing is taken out.
    init(key: [UInt8]?) {
        self.key = key.flatMap { $0.count < Self.shortestKey ? nil : $0 } ?? []
    }

    /// What of it can go on.
    mutating func scrub(_ bytes: [UInt8]) -> [UInt8] {
        guard !key.isEmpty else { return bytes }
        var all = held + bytes
        Self.hide(key, in: &all)
        let kept = Self.begun(of: key, atEndOf: all)
        held = Array(all.suffix(kept))
        all.removeLast(kept)
        return all
    }

    /// What is left at the end.
    mutating func finish() -> [UInt8] {
        defer { held = [] }
        return held
    }

    /// Of bytes that are whole.
    static func scrubbed(_ bytes: [UInt8], key: [UInt8]?) -> [UInt8] {
        guard let key, key.count >= shortestKey else { return bytes }
        var bytes = bytes
        hide(key, in: &bytes)
        return bytes
    }

    static func scrubbed(_ text: String, key: [UInt8]?) -> String {
        guard let key, key.count >= shortestKey else { return text }
        var text = text
        // Each header of each reply is looked at, and has no key in it.
        guard text.withUTF8({ place(of: key, in: UnsafeRawBufferPointer($0), from: 0) }) != nil else { return text }
        return String(decoding: scrubbed(Array(text.utf8), key: key), as: UTF8.self)
    }

    private static func hide(_ key: [UInt8], in bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { bytes in
            var index = 0
            while let next = place(of: key, in: UnsafeRawBufferPointer(bytes), from: index) {
                UnsafeMutableRawBufferPointer(rebasing: bytes[next..<(next + key.count)]).initializeMemory(
                    as: UInt8.self, repeating: UInt8(ascii: "*"))
                index = next + key.count
            }
        }
    }

    /// Where a key is next, at `index` or behind it.
    private static func place(of key: [UInt8], in bytes: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        var index = index
        // By the first byte: results are long, and keys are rare in them.
        while index <= bytes.count - key.count,
            let next = memchr(start + index, Int32(key[0]), bytes.count - key.count - index + 1)
        {
            index = UnsafeRawPointer(next) - start
            if memcmp(next, key, key.count) == 0 { return index }
            index += 1
        }
        return nil
    }

    /// How many bytes at the end are a beginning of the key.
    private static func begun(of key: [UInt8], atEndOf bytes: [UInt8]) -> Int {
        for count in stride(from: min(key.count - 1, bytes.count), to: 0, by: -1)
        where bytes.suffix(count).elementsEqual(key.prefix(count)) {
            return count
        }
        return 0
    }
}
