/// Where the bytes of a file input come from.
public enum FileInput: Hashable, Sendable {
    case path(BytePath)
    /// An `http(s)` URL, fetched by the client without the key and then sent as a file.
    case url(String)
    case blob(Blob)

    public static func path(_ text: String) -> FileInput { .path(BytePath(text)) }

    /// What somebody wrote for a file: an `http://` or `https://` URL, in upper or lower case, else a path.
    public init(pathOrURL text: some StringProtocol) {
        self.init(pathOrURL: Array(text.utf8))
    }

    /// The same for bytes. In a URL, those that are not UTF-8 are percent-encoded; a path keeps them.
    public init(pathOrURL bytes: [UInt8]) {
        guard Self.isURL(String(decoding: bytes.prefix(8), as: UTF8.self)) else {
            self = .path(BytePath(bytes: bytes))
            return
        }
        self = .url(String(validating: bytes, as: UTF8.self) ?? percentEncodedBeyondASCII(bytes))
    }

    /// Whether `text` begins as an `http(s)` URL does.
    public static func isURL(_ text: some StringProtocol) -> Bool {
        let start = text.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }
}
