import Glibc

/// A file that is read in stretches and closed when nobody holds it any more.
final class FileSource: Sendable {
    private let descriptor: CInt
    private let path: String

    init(path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError("cannot open", path, errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Up to `count` bytes from `offset` on; fewer, or none, only at the end of the file.
    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, offset + filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard failure == 0 else { throw StorageError("cannot read", path, errno: failure) }
        return bytes
    }
}
