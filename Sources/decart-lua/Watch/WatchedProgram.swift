import Glibc
import PlainErrors

/// This program once more, as a child that tells which files it loads.
///
/// It is in the same process group, so that it has the terminal and Ctrl-C reaches it.
struct WatchedProgram: Sendable {
    let process: pid_t
    /// Where the child writes the paths of what it loads, each with a zero after it, and is answered a byte for each.
    let files: Int32

    /// - Parameter run: what the child goes on with, as `--resume-run` says; nil: nothing.
    static func start(run: String?) throws(MessageError) -> WatchedProgram {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw failure(errno)
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Onto itself: the one of the child's then outlives the exec.
        posix_spawn_file_actions_adddup2(&actions, ends[1], ends[1])
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Swift's own threads block signals, and a child has its maker's mask.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        setenv(WatchedChild.variable, "\(ends[1]) \(run ?? "")", 1)
        defer { unsetenv(WatchedChild.variable) }
        var process: pid_t = 0
        let status = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, CommandLine.unsafeArgv, environ)
        guard status == 0 else {
            close(ends[0])
            throw failure(status)
        }
        return WatchedProgram(process: process, files: ends[0])
    }

    private static func failure(_ number: Int32) -> MessageError {
        MessageError("the program cannot be started: \(String(cString: strerror(number)))")
    }

    /// Waits, on the calling thread, until it has ended.
    ///
    /// - Returns: its exit status, 128 and the signal's number where a signal ended it.
    func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Waits likewise, and leaves the status to whoever asks next.
    func waitForLastWords() {
        var facts = siginfo_t()
        while waitid(P_PID, id_t(process), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    }

    /// Reads, on the calling thread, the paths that it tells of until it has ended.
    func readFiles(_ body: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var path: [UInt8] = []
        while true {
            let count = buffer.withUnsafeMutableBytes { read(files, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                if byte != 0 {
                    path.append(byte)
                } else {
                    body(path)
                    path = []
                    _ = Glibc.send(files, [0], 1, Int32(MSG_NOSIGNAL))
                }
            }
        }
        close(files)
    }

    func send(_ signal: Int32) { kill(process, signal) }
}

/// The other side: what a child of `--watch` knows of it.
struct WatchedChild: Sendable {
    static let variable = "DECART_LUA_WATCHED"

    private let socket: Int32
    /// What it goes on with; nil: nothing.
    let run: String?

    /// Nil in a process that nobody watches. The variable is gone afterwards: it is nobody else's affair.
    static func take() -> WatchedChild? {
        guard let value = getenv(variable).map({ String(cString: $0) }) else { return nil }
        unsetenv(variable)
        let words = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, let socket = Int32(words[0]), fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 else {
            return nil
        }
        return WatchedChild(socket: socket, run: words[1].isEmpty ? nil : String(words[1]))
    }

    /// Tells that a file is about to be loaded, and waits until it is watched, so that no change is missed.
    func loads(_ path: [UInt8]) {
        let message = path + [0]
        // If nobody listens any more, nobody needs it.
        guard send(socket, message, message.count, Int32(MSG_NOSIGNAL)) == message.count else { return }
        var answer: UInt8 = 0
        while read(socket, &answer, 1) < 0, errno == EINTR {}
    }
}
