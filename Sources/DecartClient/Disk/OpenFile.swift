import DecartAPI
import Glibc
import Synchronization
import SystemPackage

import struct NIOCore.ByteBuffer

/// An open file. Its calls block, and belong on `FileWork`'s threads. Closed when it is let go.
final class OpenFile: Sendable {
    private let descriptor: FileDescriptor
    private let offset = Mutex(0)

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }

    convenience init(reading path: BytePath) throws(SystemError) {
        try self.init(path, .readOnly, .nonBlocking)
    }

    /// Makes a file that was not there before, with the rights that the user's umask leaves. It is only written: where a
    /// sandbox allows that, it need not allow to read.
    convenience init(creating path: BytePath) throws(SystemError) {
        try self.init(path, .writeOnly, [.create, .exclusiveCreate])
    }

    /// Makes the file if it is not there.
    convenience init(appendingTo path: BytePath) throws(SystemError) {
        try self.init(path, .writeOnly, [.create, .append, .nonBlocking])
    }

    convenience init(folder path: BytePath) throws(SystemError) {
        try self.init(path, .readOnly, .directory)
    }

    private convenience init(
        _ path: BytePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
    ) throws(SystemError) {
        let name = try path.forSystem()
        let descriptor = try SystemError.catching {
            try FileDescriptor.open(
                name, mode, options: options.union(.closeOnExec), permissions: FilePermissions(rawValue: 0o666))
        }
        self.init(descriptor)
    }

    /// Bytes read or written so far.
    var position: Int { offset.withLock { $0 } }

    func facts() throws(SystemError) -> FileFacts {
        var facts = stat()
        guard fstat(descriptor.rawValue, &facts) == 0 else { throw SystemError.last }
        return FileFacts(facts)
    }

    /// Up to `count` of the bytes that follow; none at the end.
    func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        let bytes = try SystemError.catching {
            try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        offset.withLock { $0 += bytes.count }
        return bytes
    }

    /// Adds up to `count` of the bytes that follow; none at the end.
    func read(upTo count: Int, into buffer: inout ByteBuffer) throws(SystemError) {
        let filled = try SystemError.catching {
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
                try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(count)))
            }
        }
        offset.withLock { $0 += filled }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws(SystemError) {
        try SystemError.catching { _ = try descriptor.writeAll(bytes) }
        offset.withLock { $0 += bytes.count }
    }

    /// Throws away all that was written.
    func rewind() throws(SystemError) {
        try SystemError.catching {
            try descriptor.resize(to: 0)
            try descriptor.seek(offset: 0, from: .start)
        }
        offset.withLock { $0 = 0 }
    }

    func setRights(_ mode: mode_t) throws(SystemError) {
        guard fchmod(descriptor.rawValue, mode) == 0 else { throw SystemError.last }
    }

    /// Returns when the disk has it.
    func synchronize() throws(SystemError) {
        guard fsync(descriptor.rawValue) == 0 else { throw SystemError.last }
    }
}
