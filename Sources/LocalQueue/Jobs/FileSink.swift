import PlainErrors
import SystemPackage

/// A new file that is written from front to back and closed when this object is released.
final class FileSink {
    private let file: FileDescriptor
    private let path: String

    /// - Throws: if the file exists already or cannot be created.
    init(path: String) throws(MessageError) {
        self.path = path
        file = try MessageError.storing("cannot create", path) {
            try .open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        }
    }

    deinit {
        try? file.close()
    }

    func write(_ bytes: [UInt8]) throws(MessageError) {
        _ = try MessageError.storing("cannot write", path) { try file.writeAll(bytes) }
    }
}
