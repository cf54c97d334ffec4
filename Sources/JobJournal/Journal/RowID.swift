/// Names for rows.
enum RowID {
    /// Ten letters and digits that do not look alike, for people to type the first of.
    static func short(_ random: () -> UInt64) -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789".utf8)
        var bits = random()
        return String(
            decoding: (0..<10).map { _ -> UInt8 in
                defer { bits /= UInt64(letters.count) }
                return letters[Int(bits % UInt64(letters.count))]
            }, as: UTF8.self)
    }

    /// A UUID of version 4.
    static func uuid(_ random: () -> UInt64) -> String {
        var bytes: [UInt8] = []
        for _ in 0..<2 {
            let bits = random()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hexadecimal(bytes[$0]) }
        return parts.joined(separator: "-")
    }
}
