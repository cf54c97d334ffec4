/// The rules for every id that a server gives out.
enum ServerID {
    /// - Parameters:
    ///   - what: such as "job id".
    ///   - origin: where to get a valid one, such as "job_id that submit returned".
    /// - Throws: `INVALID_INPUT` for an empty id, or one with `/` or a control character in it.
    static func check(_ text: String, what: String, origin: String) throws(DecartError) {
        guard !text.isEmpty else { throw DecartError(.invalidInput, "The \(what) is empty. Pass the \(origin).") }
        if let bad = text.unicodeScalars.first(where: { $0 == "/" || $0.value < 0x20 || $0.value == 0x7F }) {
            let shown =
                bad == "/" ? "\"/\"" : "the control character U+\(String(bad.value, radix: 16, uppercase: true))"
            throw DecartError(
                .invalidInput,
                "The \(what) \(Excerpt.quoted(text, limit: 200)) has \(shown) in it. Pass the \(origin), unchanged.")
        }
    }

    static func pathSegment(_ text: String) -> String {
        // "." and ".." are unreserved, yet as whole segments they walk the path.
        if text == "." || text == ".." { return text.replacing(".", with: "%2E") }
        return percentEncoded(text)
    }
}
