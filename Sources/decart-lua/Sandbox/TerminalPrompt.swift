import Glibc
import SandboxKeeper
import Synchronization

/// Asks the person at the terminal what a script may do.
///
/// The question has the alternate screen for itself, and what was typed before it was there does not answer it. Nothing
/// of the script's reaches the terminal meanwhile.
final class TerminalPrompt: PermissionPrompt {
    private let turn: TerminalTurn
    private let pipe: (read: Int32, write: Int32)
    private let isOver = Mutex(false)

    /// - Parameter turn: of the terminal.
    init?(turn: TerminalTurn) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        let terminal = Self.openTerminal()
        guard terminal >= 0 else { return nil }
        close(terminal)
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.turn = turn
        pipe = (ends[0], ends[1])
    }

    private static func openTerminal() -> Int32 { open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) }

    /// From now on the answer is no, also to a question that is on the screen: the run is about to end.
    func end() {
        isOver.withLock { $0 = true }
        _ = write(pipe.write, [0], 1)
    }

    func ask(_ question: PermissionQuestion) -> PermissionAnswer {
        turn.take {
            guard !isOver.withLock({ $0 }) else { return .no }
            let terminal = Self.openTerminal()
            guard terminal >= 0 else { return .no }
            defer { close(terminal) }
            // In the background nobody can be asked: who reads there is stopped.
            guard tcgetpgrp(terminal) == getpgrp() else { return .no }
            return ask(question, on: terminal)
        }
    }

    private func ask(_ question: PermissionQuestion, on terminal: Int32) -> PermissionAnswer {
        var size = winsize()
        _ = ioctl(terminal, UInt(TIOCGWINSZ), &size)
        let (columns, rows) = size.ws_col > 0 && size.ws_row > 0 ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
        guard let text = QuestionText.text(question, columns: columns, rows: rows) else { return .no }
        Self.show("\u{1B}[?1049h\u{1B}[2J\u{1B}[H" + text, on: terminal)
        defer { Self.show("\u{1B}[?1049l", on: terminal) }
        tcflush(terminal, TCIFLUSH)
        return answer(on: terminal)
    }

    /// A line: "o" or "a" and their words; whatever else it is means no, and so does none.
    private func answer(on terminal: Int32) -> PermissionAnswer {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), line.count < 64 {
            var ready = [
                pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&ready, 2, -1) < 0, errno == EINTR { continue }
            guard ready[1].revents == 0 else { return .no }
            var byte: UInt8 = 0
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return .no }
            line.append(byte)
        }
        return switch String(decoding: line.dropLast(), as: UTF8.self).lowercased() {
        case "o", "once": .once
        case "a", "always": .always
        default: .no
        }
    }

    private static func show(_ text: String, on terminal: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
