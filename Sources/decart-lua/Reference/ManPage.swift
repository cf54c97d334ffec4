import ArgumentParser
import DecartClient
import ScriptReference

/// `man decart-lua`, rendered from the rows: in the language of man(7).
struct ManPage {
    let reference: ScriptReference

    var text: String {
        """
        .TH DECART\\-LUA 1 "" "decart\\-lua \(Self.escaped(ClientConfiguration.version))" "User Commands"
        .SH NAME
        decart\\-lua \\- run Lua scripts that make videos with Decart's queue
        .SH SYNOPSIS
        .B decart\\-lua
        [\\fIoptions\\fR] [\\fIscript\\fR [\\fIargs\\fR]]
        \(synopses)
        .SH DESCRIPTION
        It runs Lua 5.4 scripts that submit jobs to Decart's queue, poll their status and fetch the results. It takes
        what \\fBlua\\fR(1) takes. A call that has to wait simply waits, while the script's other tasks go on.
        .PP
        Without a script it reads standard input, or gives a prompt on a terminal.
        .SH OPTIONS
        \((ScriptOption.lua + ScriptOption.all.map(\.row)).map(Self.item).joined(separator: "\n"))
        .SH SUBCOMMANDS
        \(subcommands)
        .SH FUNCTIONS
        What scripts can call, beside all that Lua has. `decart\\-lua help NAME` tells more of each.
        \(functions)
        .SH ENVIRONMENT
        \(RunFact.environment.map(Self.item).joined(separator: "\n"))
        .SH EXIT STATUS
        \(RunFact.exitStatus.map(Self.item).joined(separator: "\n"))
        .SH SEE ALSO
        .BR lua (1)

        """
    }

    private static var commands: [Subcommand.Command] { Subcommand.allCases.map(\.command) }

    private var synopses: String {
        Self.commands.map { ".br\n.B decart\\-lua \(Self.escaped($0.name))\n\(Self.escaped($0.synopsis))" }
            .joined(separator: "\n")
    }

    private var subcommands: String {
        Self.commands.map { command in
            let about = command.type.configuration
            let options = command.options.filter { $0.names != ["-h", "--help"] }
            return
                ([".SS \(Self.escaped(command.usage))", Self.escaped("\(about.abstract) \(about.discussion)")]
                + options.map(Self.item)).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private var functions: String {
        reference.groups.map { group in
            let title = group.path.isEmpty ? "Globals" : group.path
            let items = group.functions.map { function in
                Self.item(Self.escaped(function.signature(in: group)), Self.prose(function.summary))
            }
            return ([".SS \(Self.escaped(title))"] + (group.summary.isEmpty ? [] : [Self.prose(group.summary)]) + items)
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func item(_ option: CommandOption) -> String {
        item(escaped(option.spelling), prose(option.explanation))
    }

    private static func item(_ fact: RunFact) -> String {
        item(escaped(fact.names.joined(separator: ", ")), prose(fact.meaning))
    }

    private static func item(_ term: String, _ text: String) -> String { ".TP\n.B \(term)\n\(text)" }

    /// What stands between backticks is set in bold.
    private static func prose(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map { escaped(String($0)) }
        guard parts.count % 2 == 1 else { return escaped(text) }
        let whole = parts.enumerated().map { $0 % 2 == 1 ? "\\fB\($1)\\fR" : $1 }.joined()
        return whole.isEmpty ? "\\&" : whole
    }

    /// Nothing in it is taken for a request or an escape.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "→": escaped += "\\(->"
            case "…": escaped += "\\&..."
            case "–": escaped += "\\(en"
            case "\"": escaped += "\\(dq"
            case "'" where escaped.isEmpty, "." where escaped.isEmpty: escaped += "\\&\(character)"
            default: escaped.append(character.isNewline ? " " : character)
            }
        }
        return escaped
    }
}
