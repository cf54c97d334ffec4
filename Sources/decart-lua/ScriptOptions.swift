import DecartAPI
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

    /// Where an option's argument is: in the command line's words, whose bytes need not be UTF-8.
    struct Argument: Equatable {
        var word: Int
        /// How many bytes of the word come before it.
        var offset: Int
    }

    var actions: [Action] = []
    /// A path, or "-" for standard input; nil: there is none.
    var script: String?
    /// All the words of the command line, and which of them is the script; past the end if there is none.
    var words: [String]
    var scriptIndex: Int
    var isInteractive = false
    var showsVersion = false
    /// `-E`: environment variables of Lua's do not count.
    var ignoresEnvironment = false

    var showsHelp = false
    var isLocal = false
    var baseURL: String?
    var logLevel = "warning"
    var bytecode = false
    /// The file of the policy that every wait has unless the script gives one.
    var policy: String?
    /// Time passes only when nothing else can be done.
    var isVirtual = false
    /// What chance follows from; nil: another one in every run.
    var seed: UInt64?
    /// The file that says what becomes of the local queue's jobs.
    var scenario: String?
    var ui = UIMode.auto
    var colour = ColourChoice.auto

    /// Where the page is served and which one; nil: there is no page.
    var web: Web?

    /// `--web[=port]`, `--web-host` and `--page`, each of which asks for a page.
    struct Web: Equatable {
        var host = "127.0.0.1"
        /// 0: a free one.
        var port = 0
        var page: String?
    }

    /// What a page calls itself until the script gives it a title: the script's name.
    var title: String {
        guard let script, script != "-" else { return "decart-lua" }
        return script.split(separator: "/").last.map(String.init) ?? script
    }

    private static let longOptions = [
        "--policy", "--virtual-time", "--seed", "--scenario", "--ui", "--color", "--web", "--web-host", "--page",
        "--local", "--base-url", "--log-level", "--bytecode", "--help", "--version",
    ]
    private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    /// - Throws: a complaint that names the word.
    init(_ words: [String]) throws(UsageError) {
        self.words = words
        scriptIndex = words.count
        try read()
        try checkTogether()
    }

    /// Options that mean nothing without another one.
    private func checkTogether() throws(UsageError) {
        if isVirtual, !isLocal {
            throw UsageError("'--virtual-time' needs '--local': a server elsewhere keeps its own time")
        }
        if scenario != nil, !isLocal {
            throw UsageError("'--scenario' needs '--local', whose queue it is about; 'serve' takes it too")
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

    private mutating func takeScript(at index: Int) {
        script = words[index]
        scriptIndex = index
    }

    /// The rest of the word, or the next word unless that is an option.
    private func value(of option: String, _ index: inout Int) throws(UsageError) -> Argument {
        if words[index] != option { return Argument(word: index, offset: option.utf8.count) }
        index += 1
        guard index < words.count, !words[index].hasPrefix("-") else { throw UsageError("'\(option)' needs argument") }
        return Argument(word: index, offset: 0)
    }

    private mutating func takeLong(_ word: String, _ index: inout Int) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        func argument() throws(UsageError) -> String {
            if parts.count == 2 { return parts[1] }
            index += 1
            guard index < words.count else { throw UsageError("'\(parts[0])' needs argument") }
            return words[index]
        }
        switch parts[0] {
        case "--base-url": baseURL = try argument()
        case "--log-level":
            logLevel = try argument()
            guard Self.levels.contains(logLevel) else {
                throw UsageError("'--log-level' is one of \(Self.levels.joined(separator: ", ")), not '\(logLevel)'")
            }
        case "--policy": policy = try argument()
        case "--scenario": scenario = try argument()
        case "--seed":
            let text = try argument()
            guard let number = UInt64(text) else {
                throw UsageError("'--seed' is a whole number from 0 to \(UInt64.max), not '\(text)'")
            }
            seed = number
        case _ where word == "--virtual-time": isVirtual = true
        case "--web":
            var web = web ?? Web()
            if parts.count == 2 { web.port = try Self.port(parts[1]) }
            self.web = web
        case "--web-host":
            var web = web ?? Web()
            web.host = try argument()
            guard !web.host.isEmpty else {
                throw UsageError("'--web-host' is an address of this machine, and not empty")
            }
            self.web = web
        case "--page":
            var web = web ?? Web()
            web.page = try argument()
            self.web = web
        case "--ui": ui = try Self.choice("--ui", try argument())
        case "--color": colour = try Self.choice("--color", try argument())
        case _ where word == "--local": isLocal = true
        case _ where word == "--bytecode": bytecode = true
        case _ where word == "--help": showsHelp = true
        case _ where word == "--version": showsVersion = true
        default:
            let near = Spelling.nearest(to: parts[0], among: Self.longOptions, limit: 1, onlyLikely: true).first
            throw UsageError("unrecognized option '\(word)'" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    private static func port(_ text: String) throws(UsageError) -> Int {
        guard text.allSatisfy(\.isASCII), let port = UInt16(text) else {
            throw UsageError("'--web' takes a port from 0 to 65535, not '\(text)'")
        }
        return Int(port)
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ option: String, _ word: String
    ) throws(UsageError) -> Choice {
        if let choice = Choice(rawValue: word) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("'\(option)' is one of \(known), not '\(word)'")
    }

    /// - Throws: if the display that was asked for cannot be had.
    func checkTerminal(isTerminal: Bool) throws(UsageError) {
        if ui == .tty, !isTerminal {
            throw UsageError("'--ui tty' needs a terminal on standard error, which is none; plain and json do not")
        }
    }

    /// Whether a command line that could not be read asks for JSON all the same.
    static func asksForJSON(_ words: [String]) -> Bool {
        zip(words, words.dropFirst() + [""]).contains { $0 == "--ui=json" || ($0 == "--ui" && $1 == "json") }
    }
}
