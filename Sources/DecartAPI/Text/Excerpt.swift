/// A caller's own text as an error message shows it: in quotes, on one line, and short.
public enum Excerpt {
    /// Bytes that are not UTF-8 show as U+FFFD, control characters as escapes. Beyond `limit` characters the rest is
    /// an ellipsis, followed by the whole length.
    public static func quoted(_ bytes: some Collection<UInt8>, limit: Int = 40) -> String {
        // A scalar has at most four bytes, so this much is enough to show and little to decode.
        let start = String(decoding: bytes.prefix((limit + 1) * 4), as: UTF8.self).unicodeScalars
        var shown = ""
        for scalar in start.prefix(limit) {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case "\"": shown += "\\\""
            case _ where scalar.properties.generalCategory == .control:
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        guard start.count > limit else { return "\"\(shown)\"" }
        return "\"\(shown)…\" (\(bytes.count) bytes)"
    }

    public static func quoted(_ text: String, limit: Int = 40) -> String {
        quoted(text.utf8, limit: limit)
    }
}
