internal import DecartAPI

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
    /// The id of the job that it is about, where it is about one.
    public var jobID: String?

    public init(kind: Kind, message: String, path: String? = nil, jobID: String? = nil) {
        self.kind = kind
        self.message = message
        self.path = path
        self.jobID = jobID
    }

    static func warning(_ message: String, about job: JobID? = nil) -> Notice {
        Notice(kind: .warning, message: message, jobID: job?.text)
    }

    static func saved(_ blob: Blob, to path: String, because reason: String? = nil) -> Notice {
        let reason = reason.map { ": \($0)" } ?? ""
        return Notice(
            kind: .saved, message: "saved \(path) (\(blob.size) bytes)\(reason)", path: path, jobID: blob.job?.text)
    }
}
