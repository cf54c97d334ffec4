import DecartAPI
import Glibc
import PlainErrors
import TerminalUI

/// The command line of a run, read as `lua` reads its own: options up to the script, everything after it is the
/// script's.
struct ScriptOptions: Equatable {
    /// What is done before the script, in the order given.
    enum Action: Equatable {
        /// `-e code`
        case code(Argument)
        /// `-l module`, or `-l name=module`
        case library(Argument)
        /// `-W`
        case warnings
    }

    /// Where to find an option's argument: in the command line's words.
    struct Argument: Equatable {
        var word: Int
        /// How many characters of the word come before it.
        var offset: Int
    }

    var actions: [Action] = []
    /// A path, or "-" for standard input; nil if there is none.
    var script: String?
    /// All the words of the command line, each as a `CommandWord` has it, and which of them is the script; past the end
    /// if there is none.
    var words: [String]
    var scriptIndex: Int
    var isInteractive = false
    var showsVersion = false
    /// `-E`: Lua's environment variables are ignored.
    var ignoresEnvironment = false

    var showsHelp = false
    var isLocal = false
    var baseURL: String?
    var logLevel = "warning"
    /// The file that a run's requests are written to.
    var trace: BytePath?
    var bytecode = false
    /// Whether the script is run again whenever its files change.
    var isWatched = false
    /// The file of the policy for every wait to which the script gives none.
    var policy: BytePath?
    /// Time passes only when nothing else can be done.
    var isVirtual = false
    /// What chance follows from; nil for a different seed in every run.
    var seed: UInt64?
    /// The file that decides what becomes of the local queue's jobs.
    var scenario: BytePath?
    var journal = JournalOptions()
    var sandbox = SandboxOptions()
    var limits = RunLimits()
    var ui = UIMode.auto
    var colour = ColourChoice.auto

    /// Which page is served, and where; nil for no page.
    var web: Web?

    /// `--web[=port]`, `--web-host` and `--page`, each of which asks for a page.
    struct Web: Equatable {
        var host = "127.0.0.1"
        /// 0 for a free one.
        var port = 0
        var page: BytePath?
    }

    /// A page's title until the script sets one: the script's name.
    var title: String {
        guard let script, script != "-" else { return "decart-lua" }
        return BytePath(word: String(script.split(separator: "/").last ?? "/")).description
    }

    /// - Throws: a complaint that names the word.
    /// - Parameter isSandboxed: whether a sandbox is wanted whatever the words say.
    init(_ words: [String], isSandboxed: Bool = false) throws(UsageError) {
        self.words = words
        scriptIndex = words.count
        if isSandboxed { sandbox.mode = .kernel }
        try read()
        try checkTogether()
    }

    /// Checks options that mean nothing without another one.
    private func checkTogether() throws(UsageError) {
        if let script, UInt16(script) != nil, words[scriptIndex - 1] == "--web", !isScriptThere {
            throw UsageError("'--web' takes its port after '=': --web=\(script)")
        }
        if isVirtual, !isLocal {
            throw UsageError("'--virtual-time' needs '--local': a server elsewhere keeps its own time")
        }
        if journal.run != nil, journal.resumes != nil {
            throw UsageError("'--resume-run' names the run by itself: leave '--run' out")
        }
        if isWatched { try checkWatch() }
        try checkSandbox()
        if scenario != nil, !isLocal {
            throw UsageError("'--scenario' needs '--local', whose queue it is about; 'serve' takes it too")
        }
    }

    private func checkSandbox() throws(UsageError) {
        guard sandbox.mode != nil else {
            if let option = sandbox.firstPermission {
                throw UsageError("'\(option)' means nothing without '--sandbox'")
            }
            return
        }
        if isInteractive { throw UsageError("'--sandbox' is for scripts: there is no prompt in it") }
        if bytecode { throw UsageError("'--bytecode' and '--sandbox' exclude each other: bytecode gets out of Lua") }
    }

    private func checkWatch() throws(UsageError) {
        guard script != nil, script != "-", !isInteractive else {
            throw UsageError("'--watch' needs a script, in a file, and no prompt")
        }
        // A mistake that is saved may be one that submits jobs.
        guard isLocal || journal.cap != nil else {
            throw UsageError(
                "'--watch' needs '--cap DOLLARS' with a real key, or '--local': each change runs the script")
        }
    }

    private mutating func read() throws(UsageError) {
        var index = 1
        while index < words.count {
            let word = words[index]
            switch word {
            case "-i":
                isInteractive = true
                showsVersion = true
            case "-v": showsVersion = true
            case "-E": ignoresEnvironment = true
            case "-W": actions.append(.warnings)
            case "--":
                if index + 1 < words.count { takeScript(at: index + 1) }
                return
            case "-":
                takeScript(at: index)
                return
            case _ where word.hasPrefix("--"): try takeLong(word, &index)
            case _ where word.hasPrefix("-e"): actions.append(.code(try value(of: "-e", &index)))
            case _ where word.hasPrefix("-l"): actions.append(.library(try value(of: "-l", &index)))
            case _ where word.hasPrefix("-"): throw UsageError("unrecognized option '\(word)'")
            default:
                takeScript(at: index)
                return
            }
            index += 1
        }
    }

    /// Whether the script can be opened.
    var isScriptThere: Bool {
        guard let script, script != "-" else { return true }
        guard let path = BytePath(word: script).cString else { return false }
        if let folder = opendir(path) {
            closedir(folder)
            return false
        }
        return access(path, R_OK) == 0
    }

    private mutating func takeScript(at index: Int) {
        script = words[index]
        scriptIndex = index
    }

    /// The rest of the word, or the next word unless that is an option.
    private func value(of option: String, _ index: inout Int) throws(UsageError) -> Argument {
        if words[index] != option { return Argument(word: index, offset: option.unicodeScalars.count) }
        index += 1
        guard index < words.count, !words[index].hasPrefix("-") else { throw UsageError("'\(option)' needs argument") }
        return Argument(word: index, offset: 0)
    }

    private mutating func takeLong(_ word: String, _ index: inout Int) throws(UsageError) {
        // By scalars: a mark that combines with "=" may begin a file's name.
        let parts = word.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) }
        guard let option = ScriptOption.all.first(where: { $0.row.names.contains(parts[0]) }) else {
            let known = ScriptOption.all.flatMap(\.row.names)
            let near = Spelling.nearest(to: parts[0], among: known, limit: 1, onlyLikely: true).first
            throw UsageError("unrecognized option '\(word)'" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        let value = try value(of: option.row, parts, &index)
        guard
            option.row.choices.isEmpty || option.row.choices.contains(value)
                || (value.isEmpty && option.row.valueIsOptional)
        else {
            let choices = option.row.choices.joined(separator: ", ")
            throw UsageError("'\(parts[0])' must be one of \(choices), not '\(value)'")
        }
        try option.read(&self, value)
    }

    /// What follows "=", or the next word; "" if there is none.
    private func value(of row: CommandOption, _ parts: [String], _ index: inout Int) throws(UsageError) -> String {
        if parts.count == 2 {
            guard let name = row.value else { throw UsageError("'\(parts[0])' takes no value, not '\(parts[1])'") }
            guard !parts[1].isEmpty || !row.valueIsOptional else {
                throw UsageError("'\(parts[0])=' lacks its \(name)")
            }
            return parts[1]
        }
        guard row.value != nil, !row.valueIsOptional else { return "" }
        index += 1
        guard index < words.count else { throw UsageError("'\(parts[0])' needs argument") }
        return words[index]
    }

    /// - Throws: if the display that was asked for is not available.
    func checkTerminal(isTerminal: Bool) throws(UsageError) {
        if ui == .tty, !isTerminal {
            throw UsageError("'--ui tty' needs a terminal on standard error; plain and json do not")
        }
    }

    /// Whether a command line that could not be parsed asks for JSON nevertheless.
    static func asksForJSON(_ words: [String]) -> Bool {
        zip(words, words.dropFirst() + [""]).contains { $0 == "--ui=json" || ($0 == "--ui" && $1 == "json") }
    }
}
