/// The name of a stored file, as the server gave it (`file_…`).
public struct FileID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `INVALID_INPUT` for an empty id, or one with `/` or a control character in it.
    public init(_ text: String) throws(DecartError) {
        try ServerID.check(text, what: "file id", origin: "id that files.upload returned")
        self.text = text
    }

    /// The id as one segment of a URL's path.
    public var pathSegment: String { ServerID.pathSegment(text) }

    public var description: String { text }
}
