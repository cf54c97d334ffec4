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
        String(decoding: scrubbed(Array(text.utf8), key: key), as: UTF8.self)
    }

    private static func hide(_ key: [UInt8], in bytes: inout [UInt8]) {
        let count = key.count
        bytes.withUnsafeMutableBytes { bytes in
            guard bytes.count >= count, let start = bytes.baseAddress else { return }
            var index = 0
            // By the first byte: results are long, and keys are rare in them.
            while index <= bytes.count - count,
                let next = memchr(start + index, Int32(key[0]), bytes.count - count - index + 1)
            {
                index = next - UnsafeMutableRawPointer(start)
                if memcmp(next, key, count) == 0 {
                    memset(next, Int32(UInt8(ascii: "*")), count)
                    index += count
                } else {
                    index += 1
                }
            }
        }
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
