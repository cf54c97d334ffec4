/// A request as the API sees it, however it arrived.
struct QueueRequest: Sendable {
    /// In capitals.
    var method: String
    /// What follows the host: the path, percent-encoded, and a query, which is ignored.
    var target: String
    /// Keyed by lower-case name.
    var headers: [String: String]
    /// Reads the body as a form. Called at most once, and not at all if the request is refused first.
    var readForm: nonisolated(nonsending) @Sendable () async throws(FormError) -> ReceivedForm
    /// Reads the raw body, up to a number of bytes; instead of `readForm`.
    var readBody: nonisolated(nonsending) @Sendable (_ limit: Int) async throws(FormError) -> [UInt8]

    /// The path's segments, decoded; nil if it is not a path or has an invalid escape.
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
