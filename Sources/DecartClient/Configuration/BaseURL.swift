public import DecartAPI

/// Where an API is: scheme, host, port, and perhaps a path before its own paths.
public struct BaseURL: Hashable, Sendable, CustomStringConvertible {
    /// Without a `/` at its end.
    public let text: String
    let origin: Origin

    /// - Parameters:
    ///   - text: an `http(s)` URL; one `/` at its end is dropped.
    ///   - source: where it was given, for the message.
    /// - Throws: `INVALID_BASE_URL`, saying what is wrong.
    public init(_ text: String, from source: String = "baseUrl") throws(DecartError) {
        func invalid(_ fault: String) -> DecartError {
            DecartError(
                .invalidBaseURL,
                "\(source) is not a usable URL: \(fault). Give it as \"https://host\" or \"http://host:port\".")
        }
        guard !text.isEmpty else { throw invalid("it is empty") }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            throw invalid("it has a blank, a control character or a character that is not ASCII in it")
        }
        guard FileInput.isURL(text) else {
            throw invalid("it does not begin with http:// or https:// (got \(Excerpt.quoted(text)))")
        }
        guard !text.contains("?"), !text.contains("#") else { throw invalid("it has a query or a fragment") }
        // What stands before an @ may be a secret: the message does not repeat it.
        guard !text.contains("@") else { throw invalid("it has a user name or an @ in it") }
        guard let origin = Origin(of: text) else {
            throw invalid("it has no host, or no such port can be (got \(Excerpt.quoted(text)))")
        }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
        self.origin = origin
    }

    public var description: String { text }
}
