extension ScriptOptions {
    static let synopsis = "[options] [script [args]]"

    /// Everything that `--help` says.
    static func usage(program: String) -> String {
        let subcommands = Subcommand.allCases.map(\.command).map { "       \(program) \($0.usage)" }
        let rows = ScriptOption.lua + ScriptOption.all.map(\.row)
        return
            (["usage: \(program) \(synopsis)"] + subcommands + ["Available options are:"] + rows.helpLines + [
                "The key is taken from DECART_API_KEY unless the script gives one.",
                "'\(program) \(Subcommand.test.rawValue) --help' and the like list a subcommand's own options.",
            ]).joined(separator: "\n")
    }
}
