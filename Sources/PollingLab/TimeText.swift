/// Times as the command line and files write them: a number and its unit.
public enum TimeText {
    /// A year, in milliseconds: more is a typing error.
    public static let longest = 365.0 * 86_400_000

    /// `60s`, `1500ms`, `2m` or `1h` in milliseconds; nil for anything else, including a number without a unit.
    public static func milliseconds(_ text: String) -> Double? {
        for (unit, scale) in [("ms", 1.0), ("s", 1000), ("m", 60_000), ("h", 3_600_000)] where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number.isFinite else { return nil }
            return number * scale
        }
        return nil
    }
}
