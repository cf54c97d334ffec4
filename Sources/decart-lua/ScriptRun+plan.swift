import LuaVM

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ScriptRun {
    /// What `command.lua` is to do.
    var plan: LuaValue {
        let actions = options.actions.map { action -> LuaValue in
            switch action {
            case .code(let argument): Self.action("code", Self.bytes(of: argument))
            case .library(let argument): Self.action("library", Self.bytes(of: argument))
            case .warnings: Self.action("warnings", [])
            }
        }
        var arg = LuaTable()
        for (index, word) in Self.wordBytes.enumerated() {
            // As in `lua`: the script is arg[0]; without one the program is.
            let origin = options.scriptIndex < options.words.count ? options.scriptIndex : 0
            arg.entries.append(.init(key: .integer(Int64(index - origin)), value: .string(word)))
        }
        // The path as its bytes: it need not be UTF-8.
        let named = options.script == nil ? nil : LuaValue.string(Self.wordBytes[options.scriptIndex])
        let script = named ?? (isPrompt && !readsTerminal ? .text("-") : .nil)
        var fields: [(String, LuaValue)] = [
            ("actions", .table(LuaTable(sequence: actions))), ("arg", .table(arg)),
            ("script", script),
            ("interactive", .boolean(isInteractive)),
        ]
        if let policy = options.policy { fields.append(("policy", .text(policy))) }
        if let initialisation { fields.append(("init", initialisation)) }
        return .table(LuaTable(fields: fields))
    }

    private static func action(_ kind: String, _ text: [UInt8]) -> LuaValue {
        .table(LuaTable(fields: [("kind", .text(kind)), ("text", .string(text))]))
    }

    private static func bytes(of argument: ScriptOptions.Argument) -> [UInt8] {
        let words = wordBytes
        return words.indices.contains(argument.word) ? Array(words[argument.word].dropFirst(argument.offset)) : []
    }

    /// Nothing says what to run: then standard input does, as a prompt where it is a terminal.
    var isPrompt: Bool {
        options.script == nil && options.actions.allSatisfy(\.leavesRoomForPrompt) && !options.showsVersion
    }

    var isInteractive: Bool { options.isInteractive || (isPrompt && readsTerminal) }

    var readsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// `LUA_INIT`, the version's own before the general one.
    private var initialisation: LuaValue? {
        guard !options.ignoresEnvironment else { return nil }
        for name in ["LUA_INIT_5_4", "LUA_INIT"] {
            guard let value = getenv(name) else { continue }
            return .table(LuaTable(fields: [("name", .text(name)), ("value", .string(Self.bytes(of: value)))]))
        }
        return nil
    }

    /// The words of the command line, byte for byte.
    private static var wordBytes: [[UInt8]] {
        (0..<Int(CommandLine.argc)).map { index in
            CommandLine.unsafeArgv[index].map { bytes(of: $0) } ?? []
        }
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
