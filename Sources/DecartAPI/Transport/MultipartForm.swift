/// A `multipart/form-data` body as data: its parts in the order they are sent.
public struct MultipartForm: Sendable {
    public struct Part: Sendable {
        public enum Content: Sendable {
            /// A field's value, sent byte for byte with nothing but its `Content-Disposition`.
            case text([UInt8])
            case file(File)
        }

        public var name: String
        public var content: Content

        public init(name: String, content: Content) {
            self.name = name
            self.content = content
        }
    }

    /// A part that is sent as a file.
    public struct File: Sendable {
        public enum Source: Sendable {
            case bytes([UInt8])
            /// A regular file of a known size; the sender fails the request if it turns out otherwise.
            case path(BytePath, size: Int)
        }

        /// Bytes, which need not be text.
        public var fileName: BytePath
        public var contentType: String
        public var source: Source
        /// Keeps a temporary file that `source` names alive until the form has been sent.
        public var keepAlive: TemporaryFile?

        public init(fileName: BytePath, contentType: String, source: Source, keepAlive: TemporaryFile? = nil) {
            self.fileName = fileName
            self.contentType = contentType
            self.source = source
            self.keepAlive = keepAlive
        }
    }

    public var parts: [Part]

    public init(parts: [Part]) {
        self.parts = parts
    }
}
