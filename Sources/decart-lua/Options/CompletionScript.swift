/// Completion of the command's words, rendered from the options' rows.
enum CompletionScript {
    enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    /// What may follow the program's name, or a subcommand's.
    private struct Part {
        /// Nil: a run.
        var subcommand: String?
        var options: [CommandOption]
    }

    private static var parts: [Part] {
        let subcommands = Subcommand.allCases.map(\.command).map {
            Part(subcommand: $0.name, options: $0.options)
        }
        let run = ScriptOption.lua.filter { $0.names != ["--"] && $0.names != ["-"] } + ScriptOption.all.map(\.row)
        return [Part(subcommand: nil, options: run)] + subcommands
    }

    static func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// zsh reads bash's own way of completing. The script can be sourced, or be the file `_decart-lua` of a folder in
    /// `fpath`: then it is run when something is to be completed for the first time, and has to do so too.
    private static var zsh: String {
        """
        #compdef decart-lua
        autoload -Uz bashcompinit && bashcompinit
        \(bash)
        if [[ ${funcstack[1]-} == _decart-lua ]]; then
            _bash_complete -o filenames -F _decart_lua
        fi

        """
    }

    private static var bash: String {
        let subcommands = parts.compactMap(\.subcommand).joined(separator: " ")
        let cases = parts.map { part -> String in
            let pattern = part.subcommand ?? "*"
            let names = Set(part.options.flatMap(\.names)).sorted().joined(separator: " ")
            let choices = part.options.filter { !$0.choices.isEmpty }.map { option in
                "                \(option.names.joined(separator: "|"))) words='\(option.choices.joined(separator: " "))' ;;\n"
            }
            let values =
                choices.isEmpty ? "" : "            case $before in\n\(choices.joined())            esac\n"
            return "        \(pattern))\n            options='\(names)'\n\(values)            ;;\n"
        }
        // The run is what no subcommand's name matches: it comes last.
        return """
            _decart_lua() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options= words=
                case ${COMP_WORDS[1]} in
            \((cases.dropFirst() + cases.prefix(1)).joined())    esac
                if [[ -n $words ]]; then
                    COMPREPLY=($(compgen -W "$words" -- "$word"))
                elif [[ $word == -* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$word"))
                else
                    COMPREPLY=($(compgen -f -- "$word"))
                    if [[ $COMP_CWORD == 1 ]]; then
                        COMPREPLY+=($(compgen -W '\(subcommands)' -- "$word"))
                    fi
                fi
            }
            complete -o filenames -F _decart_lua decart-lua

            """
    }

    private static var fish: String {
        let subcommands = parts.compactMap(\.subcommand).joined(separator: " ")
        var lines = ["complete -c decart-lua -n __fish_use_subcommand -a '\(subcommands)'"]
        for part in parts {
            let condition =
                part.subcommand.map { "'__fish_seen_subcommand_from \($0)'" }
                ?? "'not __fish_seen_subcommand_from \(subcommands)'"
            for option in part.options {
                let names = option.names.map { $0.hasPrefix("--") ? "-l \($0.dropFirst(2))" : "-s \($0.dropFirst())" }
                var line = "complete -c decart-lua -n \(condition) \(names.joined(separator: " "))"
                if option.value != nil, !option.valueIsOptional { line += " -r" }
                if !option.choices.isEmpty { line += " -f -a '\(option.choices.joined(separator: " "))'" }
                lines.append(line + " -d '\(option.help.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
