import DecartAPI

/// What a server said in the body of a refusal: `{"detail": …}`, any other JSON, or text. Without the API key.
struct ServerDetail: Sendable {
    /// For `data.detail`; nil for an empty body.
    var value: JSONValue?
    /// For the message: `prompt: too long; seed: not a number`, or the text, shortened.
    var text: String?
    /// The beginning of the body as it came.
    var excerpt: String?

    static let empty = ServerDetail(value: nil, text: nil, excerpt: nil)

    private init(value: JSONValue?, text: String?, excerpt: String?) {
        (self.value, self.text, self.excerpt) = (value, text, excerpt)
    }

    init(_ body: [UInt8], _ configuration: ClientConfiguration) {
        // More than this is a page or a clip, and of no use in an error.
        let kept = configuration.redacted(String(decoding: body.prefix(64 << 10), as: UTF8.self))
        guard !kept.isEmpty else {
            self = .empty
            return
        }
        excerpt = Excerpt.quoted(kept, limit: 80)
        guard let json = try? JSONValue(parsing: kept) else {
            value = .string(String(kept.prefix(2000)))
            text = Excerpt.quoted(kept, limit: 200)
            return
        }
        let detail = json["detail"] ?? json
        value = detail
        text = Self.summary(detail)
    }

    private static func summary(_ detail: JSONValue) -> String {
        switch detail {
        case .string(let text):
            return shortened(text)
        case .array(let items):
            return items.prefix(10).map(summary).joined(separator: "; ")
        case .object:
            guard let message = detail["msg"]?.text else { break }
            guard case .array(let path)? = detail["loc"], let field = path.last?.text else { return shortened(message) }
            return "\(shortened(field)): \(shortened(message))"
        default: break
        }
        return Excerpt.quoted(detail.serialized(), limit: 200)
    }

    /// A server's control characters must not reach a terminal, nor its novels a message.
    private static func shortened(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(300).map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(shown) + (text.unicodeScalars.count > 300 ? "…" : "")
    }
}
