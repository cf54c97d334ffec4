import CLineEdit
import Dispatch
import Glibc
import NIOPosix
import ScriptRuntime
import Synchronization

/// Lines for the prompt, read on a thread of their own: with editing, history and completion on a terminal, plainly
/// and with an echo otherwise, so that a transcript reads the same.
final class LineReader: Sendable {
    /// - Parameter before: what stands before the word on its line.
    typealias Completer = @Sendable (_ word: String, _ before: String) async -> [String]

    enum Line: Sendable {
        /// Without its end.
        case text([UInt8])
        /// Ctrl-C, in the middle of it.
        case cleared
        /// The end of the input.
        case end
    }

    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let isTerminal = isatty(STDIN_FILENO) == 1
    /// Whether lines are edited: on a terminal, where libedit is installed.
    private let isEdited: Bool
    private let historyFile: String?

    /// - Parameter historyFile: where lines are kept from run to run; nil for nowhere.
    init(historyFile: String?, completer: @escaping Completer) {
        self.historyFile = historyFile
        isEdited = isTerminal && edit_open()
        thread.start()
        guard isEdited else { return }
        Completion.install(completer)
        if let historyFile { edit_read_history(historyFile) }
    }

    /// - Parameter continues: whether it belongs to a chunk that lines before it began.
    func line(prompt: String, continues: Bool) async -> Line {
        let line = try? await thread.runIfActive { [isEdited, isTerminal] in
            isEdited ? Self.editedLine(prompt, continues) : Self.plainLine(prompt, echoes: !isTerminal)
        }
        return line ?? .end
    }

    /// Restores the terminal, whatever the prompt is doing.
    func restoreTerminal() {
        if isEdited { edit_restore_terminal() }
    }

    /// Adds a chunk to the history.
    func remember(_ text: String) {
        guard isEdited, !text.allSatisfy(\.isWhitespace) else { return }
        edit_add_history(text)
        if let historyFile { edit_write_history(historyFile) }
    }

    private static func editedLine(_ prompt: String, _ continues: Bool) -> Line {
        fflush(nil)
        guard let line = edit_line(prompt, continues) else {
            guard edit_was_cleared() else { return .end }
            print("")
            return .cleared
        }
        defer { free(line) }
        return .text((0..<strlen(line)).map { UInt8(bitPattern: line[$0]) })
    }

    private static func plainLine(_ prompt: String, echoes: Bool) -> Line {
        print(prompt, terminator: "")
        fflush(nil)
        guard let line = StandardInput.nextLine() else { return .end }
        if echoes { print(String(decoding: line, as: UTF8.self)) }
        return .text(line)
    }
}

/// Completion for libedit, whose C callbacks have no context: there is one prompt in a process.
private enum Completion {
    private static let completer = Mutex<LineReader.Completer?>(nil)
    private static let candidates = Mutex<[String]>([])

    static func install(_ body: @escaping LineReader.Completer) {
        completer.withLock { $0 = body }
        edit_complete_with { text, start, _ in
            guard let text else { return nil }
            let before = edit_text().map {
                String(decoding: String(cString: $0).utf8.prefix(Int(start)), as: UTF8.self)
            }
            Completion.candidates.withLock {
                $0 = Completion.ask(String(cString: text), before ?? "").reversed()
            }
            return edit_matches(text) { _, _ in
                Completion.candidates.withLock { $0.popLast() }.map { strdup($0) } ?? nil
            }
        }
    }

    /// The prompt's thread waits while the script's thread answers.
    private static func ask(_ word: String, _ before: String) -> [String] {
        guard let body = completer.withLock({ $0 }) else { return [] }
        let answer = Answer()
        Task.detached { answer.give(await body(word, before)) }
        return answer.wait()
    }

    /// Carries the names from the script's thread to the prompt's.
    private final class Answer: Sendable {
        private let names = Mutex<[String]>([])
        private let given = DispatchSemaphore(value: 0)

        func give(_ names: [String]) {
            self.names.withLock { $0 = names }
            given.signal()
        }

        func wait() -> [String] {
            given.wait()
            return names.withLock { $0 }
        }
    }
}
