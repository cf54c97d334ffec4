#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard error, a line at a time. It takes none of C's locks: a script that is blocked in `io.read` holds them, and
/// what is to be said at a second Ctrl-C must not wait for it.
enum Console {
    /// Brings what was printed to a pipe or file at once.
    static func flush() {
        fflush(nil)
    }

    static func error(_ text: String) {
        write(text + "\n")
    }

    /// Text that need not be a line.
    static func write(_ text: String) {
        var line = text
        line.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(STDERR_FILENO, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0 && errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }
}
