import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open file. Its calls block, and belong on `FileWork`'s threads. Closed when it is let go.
final class OpenFile: Sendable {
    private let descriptor: Int32
    private let offset = Mutex(0)

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    convenience init(reading path: String) throws(SystemError) {
        try self.init(path, O_RDONLY | O_NONBLOCK)
    }

    /// Makes a file that was not there before, with the rights that the user's umask leaves.
    convenience init(creating path: String) throws(SystemError) {
        try self.init(path, O_RDWR | O_CREAT | O_EXCL)
    }

    convenience init(folder path: String) throws(SystemError) {
        try self.init(path, O_RDONLY | O_DIRECTORY)
    }

    private convenience init(_ path: String, _ flags: Int32) throws(SystemError) {
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw SystemError.last }
        self.init(descriptor)
    }

    /// Bytes read or written so far.
    var position: Int { offset.withLock { $0 } }

    func facts() throws(SystemError) -> FileFacts {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw SystemError.last }
        return FileFacts(facts)
    }

    /// Up to `count` of the bytes that follow; none at the end.
    func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while true {
                let got = Glibc.read(descriptor, buffer.baseAddress, count)
                if got >= 0 { filled = got }
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = SystemError.last }
                return
            }
        }
        if let failure { throw failure }
        offset.withLock { $0 += bytes.count }
        return bytes
    }

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw count < 0 ? SystemError.last : SystemError(code: EIO) }
            written += count
        }
        offset.withLock { $0 += written }
    }

    /// Throws away all that was written.
    func rewind() throws(SystemError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError.last }
        offset.withLock { $0 = 0 }
    }

    func setRights(_ mode: mode_t) throws(SystemError) {
        guard fchmod(descriptor, mode) == 0 else { throw SystemError.last }
    }

    /// Returns when the disk has it.
    func synchronize() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError.last }
    }
}
