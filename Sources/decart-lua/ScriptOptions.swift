import DecartAPI

/// The command line of a run, as `lua` reads it: options up to the script, everything after it is the script's.
struct ScriptOptions: Equatable {
    enum Action: Equatable {
        /// `-e code`
        case code(String)
    }

    var actions: [Action] = []
    /// A path, or "-" for standard input; nil: only the actions.
    var script: String?
    var scriptArguments: [String] = []
    /// How many words stand before the script, the program's name among them: `arg`'s negative indices.
    var wordsBeforeScript: [String] = []
    var isLocal = false
    var baseURL: String?
    var logLevel = "warning"
    var bytecode = false
    var showsHelp = false
    var showsVersion = false

    /// One option with its value, spelled `--name value` or `--name=value`.
    private struct LongOption {
        var name: String
        var value: String?
    }

    /// - Throws: a complaint that names the word and says what to do.
    init(_ words: [String]) throws(UsageError) {
        var rest = words.dropFirst()
        while let word = rest.first {
            rest = rest.dropFirst()
            switch word {
            case "-e":
                guard let code = rest.popFirst() else { throw UsageError("'-e' needs argument") }
                actions.append(.code(code))
            case _ where word.hasPrefix("-e"):
                actions.append(.code(String(word.dropFirst(2))))
            case "-h", "--help": showsHelp = true
            case "-v", "--version": showsVersion = true
            case "--local": isLocal = true
            case "--bytecode": bytecode = true
            case "--":
                if let path = rest.popFirst() { takeScript(path, rest, words) }
                rest = []
            case "-":
                takeScript(word, rest, words)
                rest = []
            case _ where word.hasPrefix("--"): try takeLong(word, &rest)
            case _ where word.hasPrefix("-"): throw UsageError("unrecognized option '\(word)'")
            default:
                takeScript(word, rest, words)
                rest = []
            }
        }
    }

    private mutating func takeScript(_ path: String, _ rest: ArraySlice<String>, _ words: [String]) {
        script = path
        scriptArguments = Array(rest)
        wordsBeforeScript = Array(words.prefix(words.count - rest.count - 1))
    }

    private mutating func takeLong(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let known = ["--local", "--base-url", "--log-level", "--bytecode", "--help", "--version"]
        guard ["--base-url", "--log-level"].contains(parts[0]) else {
            let near = Spelling.nearest(to: parts[0], among: known, limit: 1, onlyLikely: true).first
            throw UsageError("unrecognized option '\(word)'" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
            throw UsageError("'\(parts[0])' needs argument")
        }
        switch parts[0] {
        case "--base-url": baseURL = value
        default:
            let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
            guard levels.contains(value) else {
                throw UsageError("'--log-level' is one of \(levels.joined(separator: ", ")), not '\(value)'")
            }
            logLevel = value
        }
    }

    static let usage = """
        usage: decart-lua [options] [script [args]]
               decart-lua serve [options]
          -e code          run this code; `decart` is there already
          -                run standard input
          --local          start a queue on this machine and use it: no key, no network
          --base-url URL   talk to this server
          --log-level L    trace, debug, info, notice, warning (unless given), error or critical
          --bytecode       let scripts load precompiled Lua
          --               end of the options
          -h, --help       this text
          -v, --version    the versions
        The key is taken from DECART_API_KEY unless the script gives one.
        """
}

/// A command line that cannot be run.
struct UsageError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
