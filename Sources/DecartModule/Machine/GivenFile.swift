internal import DecartClient
internal import Glibc

/// A file that was opened for the script by somebody who may; closed when it is let go.
public final class GivenFile: Sendable {
    private let descriptor: Int32

    /// - Parameter descriptor: whose ownership it takes.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// All that follows in it.
    func read(limit: Int) throws(FileSystemError) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileSystemError(String(cString: strerror(errno))) }
            if count == 0 { return all }
            all += buffer[..<count]
            guard all.count <= limit else {
                throw FileSystemError("it has more than \(limit) bytes; io.open reads it piece by piece")
            }
        }
    }

    func write(_ bytes: [UInt8]) throws(FileSystemError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileSystemError(String(cString: strerror(errno))) }
            sent += count
        }
    }
}
