import Glibc

/// A new file that is written from front to back and closed when nobody holds it any more.
final class FileSink {
    private let descriptor: CInt
    private let path: String

    /// - Throws: if the file is there already or cannot be made.
    init(path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError("cannot make", path, errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StorageError("cannot write", path, errno: count < 0 ? errno : EIO) }
            written += count
        }
    }
}
