import Glibc
import LuaVM
import PlainErrors
import SystemPackage

/// The program's standard output and standard error.
enum StandardOutput {
    /// Writes bytes behind what was printed before. If nobody reads them any more, the process ends.
    ///
    /// - Throws: why not all of them could be written.
    static func write(_ bytes: [UInt8]) throws(MessageError) {
        Console.flush()
        try writeAtOnce(bytes)
    }

    /// Writes likewise, but looks neither at C's streams nor at their locks, which a test that is stuck may hold.
    static func writeAtOnce(_ bytes: some Sequence<UInt8>) throws(MessageError) {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            if error as? Errno == .brokenPipe { ProcessEnd.now(statusOfLostReader) }
            throw MessageError("standard output cannot be written: \(error)")
        }
    }

    /// Whether one of them is a pipe that nobody reads any more, so that nothing written there arrives.
    static var hasLostReader: Bool {
        var ends = [STDOUT_FILENO, STDERR_FILENO].map { pollfd(fd: $0, events: 0, revents: 0) }
        guard poll(&ends, nfds_t(ends.count), 0) > 0 else { return false }
        return ends.contains { $0.revents & Int16(POLLERR) != 0 }
    }

    /// What a lost reader makes of the exit status.
    static let statusOfLostReader = 128 + SIGPIPE

    /// Writes out what was printed and is not written yet. Returns the exit status: a success is none, and that is said,
    /// if not all of it arrives.
    static func finish(_ status: Int32, _ console: Console = Console()) -> Int32 {
        let failure = CStandardOutput.flush()
        Console.flush()
        guard let failure, status == EXIT_SUCCESS else { return status }
        // Lua flushes what `print` has written and does not look whether that failed.
        if failure == .code(EPIPE) || hasLostReader { return statusOfLostReader }
        console.error("not all that was printed could be written to standard output\(failure.reason)")
        return EXIT_FAILURE
    }

    /// What was started without one of its three streams gets an empty one: a socket or a file in its place would be
    /// given what is printed.
    static func fillGaps() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}

extension CStandardOutput.Failure {
    fileprivate var reason: String {
        switch self {
        case .code(let code): ": \(String(cString: strerror(code)))"
        case .earlier: ""
        }
    }
}
