/// Moments as people say them.
public enum TimeAgo {
    private static let units: [(letter: Character, milliseconds: Int64, words: String)] = [
        ("d", 86_400_000, "day"), ("h", 3_600_000, "hour"), ("m", 60_000, "minute"), ("s", 1000, "second"),
    ]

    /// Milliseconds since 1970 of "2h", "3d", "90m", "30s" ago, "today", or a day or moment by UTC; nil for anything
    /// else.
    public static func milliseconds(_ text: String, now: Int64) -> Int64? {
        if text == "today" { return UTC.milliseconds(of: UTC.day(now)) }
        if let unit = units.first(where: { $0.letter == text.last }),
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(text.dropLast()),
            count < 1_000_000
        {
            return now - count * unit.milliseconds
        }
        return UTC.milliseconds(of: text)
    }

    /// "5 minutes ago"
    public static func text(_ moment: Int64, now: Int64) -> String {
        let elapsed = now - moment
        guard let unit = units.first(where: { elapsed >= $0.milliseconds }) else { return "just now" }
        let count = elapsed / unit.milliseconds
        return "\(count) \(unit.words)\(count == 1 ? "" : "s") ago"
    }
}
