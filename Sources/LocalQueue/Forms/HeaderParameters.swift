import DecartAPI

/// A header value with parameters, such as `form-data; name="data"; filename="a.mp4"`.
struct HeaderParameters: Hashable, Sendable {
    /// The text before the first `;`, in lower case.
    var value: String
    private var parameters: [String: String] = [:]

    /// The parameter of that name, which must be in lower case.
    subscript(_ name: String) -> String? { parameters[name] }

    /// Nil if `text` does not follow the grammar. Of two parameters with one name the first counts.
    init?(_ text: String) {
        var rest = Substring(text)
        value = rest.prefix { $0 != ";" }.trimmingSpaces.lowercased()
        rest = rest.drop { $0 != ";" }
        while let separator = rest.popFirst() {
            guard separator == ";" else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard !rest.isEmpty else { return }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = rest[..<equals].trimmingSpaces.lowercased()
            rest = rest[rest.index(after: equals)...]
            guard let value = Self.takeValue(&rest) else { return nil }
            if parameters[name] == nil { parameters[name] = value }
        }
    }

    private static func takeValue(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" }
            rest = rest[token.endIndex...]
            return String(token.trimmingSpaces)
        }
        rest.removeFirst()
        var value = ""
        while let next = rest.popFirst() {
            switch next {
            case "\"":
                rest = rest.drop { $0 == " " || $0 == "\t" }
                // Browsers percent-encode quotes and line breaks in a name; others use a backslash.
                return value.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
            case "\\":
                // Only a quote or a backslash is escaped: other backslashes, as in a Windows path, stand for themselves.
                if let escaped = rest.first, escaped == "\"" || escaped == "\\" {
                    value.append(rest.removeFirst())
                } else {
                    value.append(next)
                }
            default:
                value.append(next)
            }
        }
        return nil
    }
}
