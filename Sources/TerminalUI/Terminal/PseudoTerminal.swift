import Dispatch
import Glibc
import Synchronization

/// The real terminal on standard error, with a pseudo-terminal in front of it: standard error, and standard output if
/// it is the same terminal, lead there while the live region is shown. So everything that is written passes here, even
/// from programs that the script starts, which still find a terminal. Neither Lua's `io` nor C's streams are touched.
final class PseudoTerminal: TerminalDevice {
    private struct State {
        var master: Int32 = -1
        /// The descriptors that were replaced, and copies of what they led to.
        var saved: [(descriptor: Int32, original: Int32)] = []
        var source: Reader?
    }

    /// @unchecked: a dispatch source may be cancelled from any thread; nothing else is done to it once it is armed.
    private struct Reader: @unchecked Sendable {
        let source: any DispatchSourceRead
    }

    private let terminal: Int32
    private let queue = DispatchQueue(label: "decart-lua.terminal")
    private let state = Mutex(State())

    /// nil if standard error is not a terminal.
    init?() {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard terminal >= 0 else { return nil }
    }

    deinit { close(terminal) }

    var size: TerminalSize {
        var size = winsize()
        guard ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    func begin(_ arrived: @escaping @Sendable () -> Void) -> Bool {
        var (master, slave): (Int32, Int32) = (-1, -1)
        // It leaves all bytes as they are: the real terminal takes care of line ends.
        var settings = termios()
        _ = tcgetattr(terminal, &settings)
        cfmakeraw(&settings)
        guard openpty(&master, &slave, nil, &settings, nil) == 0 else { return false }
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        let source = DispatchSource.makeReadSource(fileDescriptor: master, queue: queue)
        source.setEventHandler(handler: arrived)
        let reader = Reader(source: source)
        state.withLock { state in
            state.master = master
            state.source = reader
            for descriptor in [STDOUT_FILENO, STDERR_FILENO] where isOurTerminal(descriptor) {
                state.saved.append((descriptor, fcntl(descriptor, F_DUPFD_CLOEXEC, 3)))
                dup2(slave, descriptor)
            }
        }
        close(slave)
        pass(size)
        source.resume()
        return true
    }

    func read() -> [UInt8] {
        let master = state.withLock { $0.master }
        guard master >= 0 else { return [] }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 16 {
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 13) { buffer, count in
                count = max(0, Glibc.read(master, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(terminal, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0, errno == EAGAIN {
                    // Somebody made the terminal non-blocking.
                    var ready = pollfd(fd: terminal, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if count < 0, errno != EINTR {
                    return
                }
                sent += max(0, count)
            }
        }
    }

    func pass(_ size: TerminalSize) {
        var size = winsize(ws_row: UInt16(size.rows), ws_col: UInt16(size.columns), ws_xpixel: 0, ws_ypixel: 0)
        let master = state.withLock { $0.master }
        if master >= 0 { _ = ioctl(master, UInt(TIOCSWINSZ), &size) }
    }

    func end() {
        state.withLock { state in
            for (descriptor, original) in state.saved where original >= 0 {
                dup2(original, descriptor)
                close(original)
            }
            state.saved = []
            state.source?.source.cancel()
            state.source = nil
        }
    }

    private func isOurTerminal(_ descriptor: Int32) -> Bool {
        var its = stat()
        var ours = stat()
        return isatty(descriptor) == 1 && fstat(descriptor, &its) == 0 && fstat(terminal, &ours) == 0
            && its.st_rdev == ours.st_rdev
    }
}
