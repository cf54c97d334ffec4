internal import CSandboxWalls
import Glibc

/// A file that a keeper opens for its script process: exactly the one that was named, and handed over as a descriptor.
public enum HandedFile {
    /// Opens a regular file by its whole path.
    ///
    /// - Parameters:
    ///   - flags: as the system's; never to empty it.
    ///   - empties: whether what was in it is to be gone.
    /// - Returns: the descriptor, or an errno. Where some part of the path is a symbolic link that is `ELOOP`, and where
    ///   it is no file, `EACCES`.
    public static func open(_ path: [UInt8], _ flags: Int32, empties: Bool) -> Result<Int32, SystemNumber> {
        let opened = walls_open_exactly(path.map { CChar(bitPattern: $0) } + [0], flags, 0o666)
        guard opened >= 0 else { return .failure(SystemNumber(code: -opened)) }
        var facts = stat()
        // What the kernel tells of processes would be the keeper's own, with its key; devices and pipes are no files.
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, !walls_is_of_proc(opened) else {
            close(opened)
            return .failure(SystemNumber(code: EACCES))
        }
        // It was opened so that a pipe could not keep the keeper waiting.
        _ = fcntl(opened, F_SETFL, fcntl(opened, F_GETFL) & ~O_NONBLOCK)
        guard !empties || ftruncate(opened, 0) == 0 else {
            defer { close(opened) }
            return .failure(SystemNumber(code: errno))
        }
        return .success(opened)
    }

    /// Sends a frame, and with it a copy of a descriptor.
    ///
    /// - Returns: whether it was sent; false where there is no room for it now.
    /// - Throws: if the other end is gone.
    public static func send(_ frame: [UInt8], with descriptor: Int32, over socket: Int32) throws(SystemNumber) -> Bool {
        let sent = walls_send_descriptor(socket, frame, frame.count, descriptor)
        // A message as short as that goes whole or not at all.
        if sent == frame.count { return true }
        guard sent == -EAGAIN else { throw SystemNumber(code: sent < 0 ? -sent : EIO) }
        return false
    }

    /// Waits for what comes over a link.
    ///
    /// - Returns: how many bytes have come; 0 where the other end is gone. And a descriptor that came with them.
    public static func receive(
        _ buffer: UnsafeMutableRawBufferPointer, over socket: Int32
    ) throws(SystemNumber) -> (count: Int, descriptor: Int32?) {
        var descriptor: Int32 = -1
        let count = walls_receive(socket, buffer.baseAddress, buffer.count, &descriptor)
        guard count >= 0 else { throw SystemNumber(code: -count) }
        return (Int(count), descriptor < 0 ? nil : descriptor)
    }
}

/// The system's number for what went wrong.
public struct SystemNumber: Error, Hashable, Sendable {
    public var code: Int32
}
