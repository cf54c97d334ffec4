/// A request as the API sees it, whichever way it came.
struct QueueRequest: Sendable {
    /// In capitals.
    var method: String
    /// What follows the host: the path, percent-encoded, and a query that nothing here looks at.
    var target: String
    /// By their names in lower case.
    var headers: [String: String]
    /// Reads the body into a form. Called at most once, and not at all when the request is refused before.
    var readForm: nonisolated(nonsending) @Sendable () async throws(FormProblem) -> ReceivedForm
    /// Reads the body as it is, up to a number of bytes; in place of `readForm`.
    var readBody: nonisolated(nonsending) @Sendable (_ limit: Int) async throws(FormProblem) -> [UInt8]

    /// The path's segments, decoded; nil if it is no path or an escape in it is wrong.
    var segments: [String]? {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        guard path.hasPrefix("/") else { return nil }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = Self.decoded(segment) else { return nil }
            segments.append(decoded)
        }
        return segments
    }

    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
