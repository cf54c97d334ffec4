/// Something the module has to tell the person who runs the script, beside errors.
public struct Notice: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case warning
        /// A video that was to be shown is in a file now.
        case saved
        /// Where the document can be seen.
        case page
    }

    public var kind: Kind
    public var message: String
    /// The file of a `.saved`.
    public var path: String?

    public init(kind: Kind, message: String, path: String? = nil) {
        self.kind = kind
        self.message = message
        self.path = path
    }

    static func warning(_ message: String) -> Notice { Notice(kind: .warning, message: message) }

    static func saved(_ path: String, size: Int, because reason: String? = nil) -> Notice {
        let reason = reason.map { ": \($0)" } ?? ""
        return Notice(kind: .saved, message: "saved \(path) (\(size) bytes)\(reason)", path: path)
    }
}
