import DecartAPI
import ScriptPermissions
import TerminalUI

/// An option of a run: its row, and what it changes in the run's options.
struct ScriptOption: Sendable {
    typealias Reader = @Sendable (_ options: inout ScriptOptions, _ value: String) throws(UsageError) -> Void

    var row: CommandOption
    /// Takes the value; "" if there is none.
    var read: Reader

    private init(
        _ names: String..., value: String? = nil, optional: Bool = false, standard: String? = nil,
        choices: [String] = [], help: String, read: @escaping Reader
    ) {
        row = CommandOption(
            names: names, value: value, valueIsOptional: optional, help: help, standard: standard, choices: choices)
        self.read = read
    }

    /// The options that `lua` does not have, and `--version`.
    static let all: [ScriptOption] = [
        ScriptOption("--local", help: "start a queue on this machine and use it: no key, no network") { options, _ in
            options.isLocal = true
        },
        ScriptOption("--base-url", value: "URL", help: "talk to this server, whatever the script says") {
            $0.baseURL = $1
        },
        ScriptOption(
            "--policy", value: "FILE",
            help: "wait for jobs by the policy that this Lua file returns, unless the script gives one"
        ) { $0.policy = BytePath(word: $1) },
        ScriptOption(
            "--virtual-time", help: "with --local: skip all waiting; time moves only when nothing else can be done"
        ) {
            options, _ in options.isVirtual = true
        },
        ScriptOption("--seed", value: "N", help: "make randomness repeatable") {
            (options, text) throws(UsageError) in
            guard let number = UInt64(text) else {
                throw UsageError("'--seed' must be a whole number from 0 to \(UInt64.max), not '\(text)'")
            }
            options.seed = number
        },
        ScriptOption(
            "--scenario", value: "FILE", help: "with --local: let this Lua file decide what becomes of each job"
        ) {
            $0.scenario = BytePath(word: $1)
        },
        ScriptOption(
            "--journal", value: "FILE", standard: "DECART_JOURNAL, or the program's own",
            help: "write paid jobs down in this file; off does not"
        ) { (options, place) throws(UsageError) in
            guard !CommandWord.isOdd(place) else { throw .oddPath("--journal", place) }
            options.journal.place = place
        },
        ScriptOption("--run", value: "NAME", standard: "the script's name and the time", help: "call this run so") {
            (options, text) throws(UsageError) in options.journal.run = try JournalOptions.name(text, "--run")
        },
        ScriptOption(
            "--resume-run", value: "NAME", help: "go on with the run of that name: the jobs it has are not paid again"
        ) { (options, text) throws(UsageError) in
            options.journal.resumes = try JournalOptions.name(text, "--resume-run")
        },
        ScriptOption("--cap", value: "DOLLARS", help: "submit nothing that takes this run above so much") {
            (options, text) throws(UsageError) in options.journal.cap = try JournalOptions.dollars(text, "--cap")
        },
        ScriptOption("--cap-day", value: "DOLLARS", help: "submit nothing that takes all runs of today above so much") {
            (options, text) throws(UsageError) in options.journal.dayCap = try JournalOptions.dollars(text, "--cap-day")
        },
        ScriptOption("--no-sidecar", help: "write no file of provenance beside a result") { options, _ in
            options.journal.writesSidecars = false
        },
        ScriptOption(
            "--web", value: "PORT", optional: true, standard: "a free port",
            help: "show the script's document as a page in the browser"
        ) { (options, port) throws(UsageError) in
            var web = options.web ?? .init()
            if !port.isEmpty { web.port = try Self.port(port) }
            options.web = web
        },
        ScriptOption("--web-host", value: "ADDRESS", standard: "127.0.0.1", help: "serve that page on this address") {
            (options, host) throws(UsageError) in
            guard !host.isEmpty else { throw UsageError("'--web-host' must be an address of this machine, not empty") }
            var web = options.web ?? .init()
            web.host = host
            options.web = web
        },
        ScriptOption(
            "--page", value: "FILE", help: "serve your own HTML file, whose elements the script then drives"
        ) { options, file in
            var web = options.web ?? .init()
            web.page = BytePath(word: file)
            options.web = web
        },
        ScriptOption(
            "--ui", value: "MODE", standard: "auto", choices: UIMode.allCases.map(\.rawValue),
            help: "show the document on standard error as \(listed(UIMode.allCases.map(\.rawValue)))"
        ) { $0.ui = UIMode(rawValue: $1) ?? .auto },
        ScriptOption(
            "--color", value: "WHEN", standard: "auto", choices: ColourChoice.allCases.map(\.rawValue),
            help: "use colours: \(listed(ColourChoice.allCases.map(\.rawValue)))"
        ) { $0.colour = ColourChoice(rawValue: $1) ?? .auto },
        ScriptOption(
            "--log-level", value: "LEVEL", standard: "warning", choices: levels,
            help: "log from this level up: \(listed(levels))"
        ) { $0.logLevel = $1 },
        ScriptOption(
            "--watch", help: "run the script again whenever it or a module of its changes; needs --local or --cap"
        ) { options, _ in options.isWatched = true },
        ScriptOption(
            "--trace", value: "FILE", help: "write the run's requests as an HTTP Archive, for a browser's tools"
        ) { $0.trace = BytePath(word: $1) },
        ScriptOption("--bytecode", help: "let scripts load precompiled Lua, which is refused otherwise") { options, _ in
            options.bytecode = true
        },
        ScriptOption(
            "--sandbox", value: "HOW", optional: true, standard: "kernel",
            choices: SandboxOptions.Mode.allCases.map(\.rawValue),
            help: "run a script that you do not trust, with no more than what is allowed"
        ) { options, how in options.sandbox.mode = SandboxOptions.Mode(rawValue: how) ?? .kernel },
        permission(.read, "PATHS", "let the script read these files and folders, or all"),
        permission(.write, "PATHS", "let it write these, or all"),
        permission(.net, "HOSTS", "let it talk to these hosts, or all on the Internet"),
        permission(.run, "PROGRAMS", "let it start these programs, or all"),
        permission(.environment, "NAMES", "let it see these variables, or all; never the key"),
        ScriptOption("--allow-native", help: "with --sandbox: let it load C modules") { options, _ in
            options.sandbox.firstPermission = options.sandbox.firstPermission ?? "--allow-native"
            options.sandbox.permissions.native = true
        },
        ScriptOption("--allow-all", help: "with --sandbox: all of that") { options, _ in
            options.sandbox.allowAll("--allow-all")
        },
        denial(.read, "PATHS"), denial(.write, "PATHS"), denial(.net, "HOSTS"), denial(.run, "PROGRAMS"),
        denial(.environment, "NAMES"),
        ScriptOption(
            "--no-prompt", help: "with --sandbox: refuse what is not allowed, and ask nobody on a terminal"
        ) { options, _ in
            options.sandbox.firstPermission = options.sandbox.firstPermission ?? "--no-prompt"
            options.sandbox.asks = false
        },
        ScriptOption(
            "--audit", value: "FILE",
            help: "with --sandbox: write each permission that is used, and say which flags it took"
        ) { options, file in
            options.sandbox.firstPermission = options.sandbox.firstPermission ?? "--audit"
            options.sandbox.audit = BytePath(word: file)
        },
        ScriptOption("--memory", value: "BYTES", help: "let Lua hold so much, such as 256M; then it is out of memory") {
            (options, text) throws(UsageError) in options.limits.memory = try RunLimits.memory(text)
        },
        ScriptOption("--cpu", value: "TIME", help: "end a run that has used so much processor time, such as 60s") {
            (options, text) throws(UsageError) in
            options.limits.processorSeconds = try RunLimits.seconds(text, "--cpu")
        },
        ScriptOption("--time", value: "TIME", help: "end a run that takes longer, such as 10m") {
            (options, text) throws(UsageError) in options.limits.seconds = try RunLimits.seconds(text, "--time")
        },
        ScriptOption("--help", help: "show this text") { options, _ in options.showsHelp = true },
        ScriptOption("--version", help: "show version information") { options, _ in options.showsVersion = true },
    ]

    private static func permission(_ kind: PermissionKind, _ value: String, _ help: String) -> ScriptOption {
        ScriptOption(kind.flag, value: value, optional: true, help: "with --sandbox: \(help)") {
            (options, names) throws(UsageError) in try options.sandbox.allow(kind, kind.flag, names)
        }
    }

    private static func denial(_ kind: PermissionKind, _ value: String) -> ScriptOption {
        let option = "--deny-\(kind.rawValue)"
        return ScriptOption(option, value: value, optional: true, help: "take away what \(kind.flag) allows; it wins") {
            (options, names) throws(UsageError) in try options.sandbox.deny(kind, option, names)
        }
    }

    /// The options of `lua`, which are parsed by hand: their order counts, and the space before a value is optional.
    static let lua: [CommandOption] = [
        CommandOption(names: ["-e"], value: "stat", help: "execute string 'stat'; decart is there already"),
        CommandOption(names: ["-i"], help: "enter interactive mode after executing 'script'"),
        CommandOption(names: ["-l"], value: "mod", help: "require library 'mod' into global 'mod'"),
        CommandOption(names: ["-l"], value: "g=mod", help: "require library 'mod' into global 'g'"),
        CommandOption(names: ["-v"], help: "show version information"),
        CommandOption(names: ["-E"], help: "ignore Lua's environment variables"),
        CommandOption(names: ["-W"], help: "turn warnings on"),
        CommandOption(names: ["--"], help: "stop handling options"),
        CommandOption(names: ["-"], help: "stop handling options and execute stdin"),
    ]

    static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    private static func port(_ text: String) throws(UsageError) -> Int {
        guard text.allSatisfy(\.isASCII), let port = UInt16(text) else {
            throw UsageError("'--web' takes a port from 0 to 65535, not '\(text)'")
        }
        return Int(port)
    }

    /// "auto, tty or plain"
    private static func listed(_ words: [String]) -> String {
        var text = ""
        for (index, word) in words.enumerated() {
            if index > 0 { text += index == words.count - 1 ? " or " : ", " }
            text += word
        }
        return text
    }
}
