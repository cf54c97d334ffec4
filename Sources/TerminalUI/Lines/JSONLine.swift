/// One line of JSON: an object with a `type`, and members in the order in which they were added.
public struct JSONLine: Sendable {
    private var members: String

    public init(type: String) {
        members = "\"type\":\(Self.quoted(type))"
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

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029:
                let hex = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
