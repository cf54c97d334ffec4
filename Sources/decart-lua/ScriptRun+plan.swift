import DecartAPI
import Glibc
import LuaVM

extension ScriptRun {
    /// What `command.lua` is to do.
    var plan: LuaValue {
        let actions = options.actions.map { action -> LuaValue in
            switch action {
            case .code(let argument): Self.action("code", bytes(of: argument))
            case .library(let argument): Self.action("library", bytes(of: argument))
            case .warnings: Self.action("warnings", [])
            }
        }
        var arg = LuaTable()
        for (index, word) in options.words.enumerated() {
            // As in `lua`: the script is arg[0]; without one the program is.
            let origin = options.scriptIndex < options.words.count ? options.scriptIndex : 0
            arg.entries.append(.init(key: .integer(Int64(index - origin)), value: .string(CommandWord.bytes(of: word))))
        }
        let named = options.script.map { LuaValue.string(CommandWord.bytes(of: $0)) }
        let script = named ?? (isPrompt && !readsTerminal ? .text("-") : .nil)
        var fields: [(String, LuaValue)] = [
            ("actions", .table(LuaTable(sequence: actions))), ("arg", .table(arg)),
            ("script", script),
            ("interactive", .boolean(isInteractive)),
        ]
        if let policy = options.policy { fields.append(("policy", .string(policy.bytes))) }
        if let initialisation { fields.append(("init", initialisation)) }
        return .table(LuaTable(fields: fields))
    }

    private static func action(_ kind: String, _ text: [UInt8]) -> LuaValue {
        .table(LuaTable(fields: [("kind", .text(kind)), ("text", .string(text))]))
    }

    private func bytes(of argument: ScriptOptions.Argument) -> [UInt8] {
        guard options.words.indices.contains(argument.word) else { return [] }
        return CommandWord.bytes(of: String(options.words[argument.word].unicodeScalars.dropFirst(argument.offset)))
    }

    /// The files that the command line names for a run, byte for byte.
    static func files(of options: ScriptOptions) -> [[UInt8]] {
        let script = options.words.indices.contains(options.scriptIndex) ? [options.words[options.scriptIndex]] : []
        let values = [options.policy, options.scenario, options.web?.page]
        return script.map(CommandWord.bytes) + values.compactMap { $0?.bytes }
    }

    /// A path as text: one that is not UTF-8 by way of this process's own descriptor of the file; nil if it cannot be
    /// opened.
    static func reachable(_ path: BytePath) -> String? {
        if let text = String(validating: path.bytes, as: UTF8.self) { return text }
        guard let name = path.cString else { return nil }
        let file = open(name, O_RDONLY | O_CLOEXEC)
        return file < 0 ? nil : "/proc/self/fd/\(file)"
    }

    /// Nothing says what to run, so standard input does: as a prompt if it is a terminal.
    var isPrompt: Bool {
        options.script == nil && options.actions.allSatisfy(\.leavesRoomForPrompt) && !options.showsVersion
    }

    var isInteractive: Bool { options.isInteractive || (isPrompt && readsTerminal) }

    var readsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// `LUA_INIT`, the version's own before the general one.
    private var initialisation: LuaValue? {
        guard !options.ignoresEnvironment, options.sandbox.mode == nil else { return nil }
        for name in ["LUA_INIT_5_4", "LUA_INIT"] {
            guard let value = getenv(name) else { continue }
            return .table(LuaTable(fields: [("name", .text(name)), ("value", .string(Self.bytes(of: value)))]))
        }
        return nil
    }

    private static func bytes(of word: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
    }
}

extension ScriptOptions.Action {
    /// `lua -l mod` alone still reads standard input or prompts; `lua -e code` does not.
    fileprivate var leavesRoomForPrompt: Bool {
        if case .code = self { false } else { true }
    }
}
