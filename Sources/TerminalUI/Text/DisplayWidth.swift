/// How many cells a terminal gives to text.
///
/// | text | cells |
/// |---|---|
/// | `a`, `é` (also as e and an accent) | 1 |
/// | `日`, `한`, `Ａ` | 2 |
/// | `🎬`, `👩‍🚀`, `🇩🇪`, `❤️` | 2 |
/// | an accent, a joiner by itself | 0 |
public enum DisplayWidth {
    public static func of(_ text: some StringProtocol) -> Int {
        isPlain(text) ? text.utf8.count : text.reduce(0) { $0 + of($1) }
    }

    /// Whether each byte of it is a character in one cell, as most of what programs say. To find out costs less than to
    /// take it apart.
    static func isPlain(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    static func of(_ character: Character) -> Int {
        var widest = 0
        for scalar in character.unicodeScalars {
            // The selector that asks for the picture form of a character.
            if scalar.value == 0xFE0F, widest > 0 { return 2 }
            widest = max(widest, of(scalar))
        }
        return widest
    }

    static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        if value < 0xA0 { return 0 }
        // Lines and blocks, which bars are made of: the properties of each would be looked up in Unicode's tables.
        if (0x2500...0x259F).contains(value) { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // The second and third parts of a Korean syllable share the first one's cells.
        if (0x1160...0x11FF).contains(value) { return 0 }
        if value < 0x1100 { return 1 }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(value) } ? 2 : 1
    }

    /// The blocks that Unicode's East Asian Width calls wide or full-width.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
