import Foundation
import Glibc
import Synchronization

/// Carries what a script process writes to where its keeper's own output goes, on a thread of its own. A script that
/// writes faster than anybody reads waits, as it would without a keeper.
public final class OutputPump: Sendable {
    private let source: Int32
    private let target: Int32
    private let isTerminal: Bool
    private let turn: TerminalTurn
    private let isDone = DispatchSemaphore(value: 0)
    private let failure = Mutex<Int32?>(nil)
    /// Whether somebody who reads slowly is waited for, and whether anything has been carried since that was asked.
    private let progress = Mutex((isWriting: false, hasMoved: false))

    /// - Parameters:
    ///   - source: a pipe, whose ownership it takes.
    ///   - target: standard output or standard error.
    ///   - turn: is taken for each piece, where the target is a terminal.
    public init(from source: Int32, to target: Int32, turn: TerminalTurn) {
        self.turn = turn
        self.source = source
        self.target = target
        isTerminal = isatty(target) == 1
    }

    /// Whether standard output and standard error lead to one place, where the order of what is written to both shows.
    public static var hasOneTarget: Bool {
        var (output, errors) = (stat(), stat())
        return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &errors) == 0
            && output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }

    public func start() {
        let thread = Thread { [self] in carry() }
        thread.name = "output"
        thread.start()
    }

    private func carry() {
        defer {
            close(source)
            isDone.signal()
        }
        var filter = OutputFilter()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            let shown = isTerminal ? filter.filter(buffer[..<count]) : Array(buffer[..<count])
            progress.withLock { $0.isWriting = true }
            defer { progress.withLock { $0 = (false, true) } }
            guard isTerminal ? turn.print({ write(shown) }) : write(shown) else { return }
        }
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(target, buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                // The pipe is closed with this: the script process then finds that its reader has gone.
                let code = errno
                failure.withLock { $0 = code }
                return false
            }
            sent += count
        }
        return true
    }

    /// Waits until all of it has been carried, however slowly it is read, or until nothing more seems to come: a program
    /// that the script has started may hold the pipe open.
    /// - Returns: why not all of it arrived; nil where it did.
    public func finish() -> Int32? {
        while isDone.wait(timeout: .now() + 2) == .timedOut {
            let goesOn = progress.withLock { progress in
                defer { progress.hasMoved = false }
                return progress.isWriting || progress.hasMoved
            }
            guard goesOn else { break }
        }
        return failure.withLock { $0 }
    }
}

/// Carries standard input to a script process, through a pipe that takes little: what the script does not read is left
/// for whoever comes next, as far as that can be.
public enum InputPump {
    /// - Parameters:
    ///   - target: a pipe, whose ownership it takes.
    ///   - turn: is taken for what is typed on a terminal.
    public static func start(to target: Int32, turn: TerminalTurn) {
        _ = fcntl(target, setPipeSize, 4096)
        let thread = Thread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            defer { close(target) }
            while true {
                guard let count = next(&buffer, turn) else { continue }
                guard count > 0 else { return }
                var sent = 0
                while sent < count {
                    let written = buffer.withUnsafeBytes { bytes in
                        Glibc.write(target, bytes.baseAddress.map { $0 + sent }, count - sent)
                    }
                    if written < 0, errno == EINTR { continue }
                    guard written > 0 else { return }
                    sent += written
                }
            }
        }
        thread.name = "input"
        thread.start()
    }

    /// How many bytes there were; nil where there turned out to be none.
    private static func next(_ buffer: inout [UInt8], _ turn: TerminalTurn) -> Int? {
        let count: Int
        if isatty(STDIN_FILENO) == 1 {
            guard isReady(waiting: -1) else { return nil }
            // A question may have taken it meanwhile.
            count = turn.take {
                guard isReady(waiting: 0) else {
                    errno = EINTR
                    return -1
                }
                return read(STDIN_FILENO, &buffer, buffer.count)
            }
        } else {
            count = read(STDIN_FILENO, &buffer, buffer.count)
        }
        return count < 0 && errno == EINTR ? nil : count
    }

    private static func isReady(waiting milliseconds: Int32) -> Bool {
        var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, milliseconds) > 0
    }
}

/// `F_SETPIPE_SZ`, which Swift's view of the C library lacks.
private let setPipeSize: Int32 = 1031
