/// A run of bytes with a media type: a result, or an input made by the caller.
public struct Blob: Hashable, Sendable {
    public enum Storage: Hashable, Sendable {
        case memory([UInt8])
        /// A temporary file that is removed when the last blob that names it is gone.
        case file(TemporaryFile, size: Int)
    }

    public var storage: Storage
    /// The media type, such as `video/mp4`.
    public var type: String
    /// The file's own name, if it has one. Bytes, which need not be text.
    public var name: BytePath?
    /// The job whose result it is.
    public var job: JobID?

    public init(storage: Storage, type: String, name: BytePath? = nil) {
        self.storage = storage
        self.type = type
        self.name = name
    }

    public init(bytes: [UInt8], type: String, name: BytePath? = nil) {
        self.init(storage: .memory(bytes), type: type, name: name)
    }

    /// Bytes.
    public var size: Int {
        switch storage {
        case .memory(let bytes): bytes.count
        case .file(_, let size): size
        }
    }
}
