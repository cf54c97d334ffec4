import DecartAPI
import PlainErrors
import SystemPackage

/// A file that is read in parts and closed when this object is released.
final class FileSource: Sendable {
    private let file: FileDescriptor
    private let path: String

    init(_ path: BytePath) throws(MessageError) {
        self.path = path.description
        file = try MessageError.storing("cannot open", self.path) {
            guard let name = path.cString else { throw Errno.invalidArgument }
            return try .open(name, .readOnly, options: .closeOnExec)
        }
    }

    convenience init(path: String) throws(MessageError) {
        try self.init(BytePath(path))
    }

    deinit {
        try? file.close()
    }

    /// Up to `count` bytes from `offset` on; fewer, or none, only at the end of the file.
    func read(at offset: Int, count: Int) throws(MessageError) -> [UInt8] {
        try MessageError.storing("cannot read", path) {
            try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                    let got = try file.read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
                    guard got > 0 else { return }
                    filled += got
                }
            }
        }
    }
}
