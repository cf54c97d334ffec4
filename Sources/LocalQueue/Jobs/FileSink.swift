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
        let failure: CInt = bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
        guard failure == 0 else { throw StorageError("cannot write", path, errno: failure) }
    }
}
