internal import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A child process's standard input as a file without a name: written before the child starts, so that a child that
/// does not read it all is no matter (a pipe would raise SIGPIPE, or wait).
enum InputFile {
    /// A descriptor at the start of these bytes, for the child to own.
    static func make(_ bytes: [UInt8]) throws(Errno) -> FileDescriptor {
        guard !bytes.isEmpty else { return try opened(open("/dev/null", O_RDONLY | O_CLOEXEC)) }
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/decart-lua-XXXXXX".utf8CString)
        let file = try opened(mkstemp(&template))
        _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC)
        unlink(template)
        do {
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()
            throw error as? Errno ?? .ioError
        }
        return file
    }

    private static func opened(_ descriptor: Int32) throws(Errno) -> FileDescriptor {
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }
}
