import CLineEdit
import Dispatch
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lines for the prompt, read on a thread of their own: with editing, history and completion on a terminal, plainly
/// and with an echo otherwise, so that a transcript reads the same.
final class LineReader: Sendable {
    typealias Completer = @Sendable (_ word: String) async -> [String]

    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let isTerminal = isatty(STDIN_FILENO) == 1
    /// Whether lines are edited: on a terminal, where libedit is installed.
    private let isEdited: Bool
    private let historyFile: String?

    /// - Parameter historyFile: where lines are kept from run to run; nil: nowhere.
    init(historyFile: String?, completer: @escaping Completer) {
        self.historyFile = historyFile
        isEdited = isTerminal && edit_open()
        thread.start()
        guard isEdited else { return }
        Completion.install(completer)
        if let historyFile { edit_read_history(historyFile) }
    }

    /// The next line without its end; nil at the end of the input.
    func line(prompt: String) async -> [UInt8]? {
        try? await thread.runIfActive { [isEdited, isTerminal] in
            isEdited ? Self.editedLine(prompt) : Self.plainLine(prompt, echoes: !isTerminal)
        }
    }

    /// Gives the terminal back as it was, whatever the prompt is doing.
    func restoreTerminal() {
        if isEdited { edit_restore_terminal() }
    }

    /// Adds a chunk to the history.
    func remember(_ text: String) {
        guard isEdited, !text.allSatisfy(\.isWhitespace) else { return }
        edit_add_history(text)
        if let historyFile { edit_write_history(historyFile) }
    }

    private static func editedLine(_ prompt: String) -> [UInt8]? {
        fflush(nil)
        guard let line = edit_line(prompt) else { return nil }
        defer { free(line) }
        return (0..<strlen(line)).map { UInt8(bitPattern: line[$0]) }
    }

    private static func plainLine(_ prompt: String, echoes: Bool) -> [UInt8]? {
        print(prompt, terminator: "")
        fflush(nil)
        var line: [UInt8] = []
        while true {
            let byte = getchar()
            if byte == EOF {
                if line.isEmpty { return nil }
                break
            }
            if byte == Int32(UInt8(ascii: "\n")) { break }
            line.append(UInt8(truncatingIfNeeded: byte))
        }
        if echoes { print(String(decoding: line, as: UTF8.self)) }
        return line
    }
}

/// Completion for libedit, which asks through C functions without a context: there is one prompt in a process.
private enum Completion {
    private static let completer = Mutex<LineReader.Completer?>(nil)
    private static let candidates = Mutex<[String]>([])

    static func install(_ body: @escaping LineReader.Completer) {
        completer.withLock { $0 = body }
        edit_complete_with { text, _, _ in
            guard let text else { return nil }
            Completion.candidates.withLock { $0 = Completion.ask(String(cString: text)).reversed() }
            return edit_matches(text) { _, _ in
                Completion.candidates.withLock { $0.popLast() }.map { strdup($0) } ?? nil
            }
        }
    }

    /// The prompt's thread waits while the script's answers.
    private static func ask(_ word: String) -> [String] {
        guard let body = completer.withLock({ $0 }) else { return [] }
        let answer = Answer()
        Task.detached { answer.give(await body(word)) }
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
