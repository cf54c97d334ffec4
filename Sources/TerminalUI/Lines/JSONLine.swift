import Glibc

/// One line of JSON: an object with a `type` and a `time`, and members in the order in which they were added.
public struct JSONLine: Sendable {
    private var members: String

    /// - Parameter unixTime: seconds since 1970.
    public init(type: String, unixTime: Double) {
        members = "\"type\":\(Self.quoted(type)),\"time\":\"\(Self.timestamp(unixTime))\""
    }

    public var text: String { "{\(members)}" }

    public mutating func add(_ key: String, _ text: String) { append(key, Self.quoted(text)) }
    public mutating func add(_ key: String, _ integer: Int) { append(key, "\(integer)") }
    public mutating func add(_ key: String, _ flag: Bool) { append(key, "\(flag)") }
    public mutating func add(_ key: String, _ texts: [String]) {
        append(key, "[\(texts.map(Self.quoted).joined(separator: ","))]")
    }
    public mutating func addNull(_ key: String) { append(key, "null") }

    /// A number that is finite.
    public mutating func add(_ key: String, _ number: Double) {
        append(key, Int(exactly: number).map(String.init) ?? "\(number)")
    }

    private mutating func append(_ key: String, _ json: String) {
        members += ",\(Self.quoted(key)):\(json)"
    }

    /// As RFC 3339 has it, in UTC and to the millisecond: "2026-11-27T04:46:18.042Z".
    private static func timestamp(_ unixTime: Double) -> String {
        let milliseconds = Int(exactly: (unixTime * 1000).rounded()) ?? 0
        var seconds = time_t((milliseconds - (milliseconds % 1000 + 1000) % 1000) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
            + "T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
            + ".\(digits((milliseconds % 1000 + 1000) % 1000, 3))Z"
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029:
                let hex = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
