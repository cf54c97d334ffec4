import ArgumentParser

/// `decart-lua completion`: what makes a shell complete the command's words.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            For bash, put it into ~/.local/share/bash-completion/completions/decart-lua, for fish into \
            ~/.config/fish/completions/decart-lua.fish; for zsh, source it from ~/.zshrc.
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: CompletionScript.Shell

    func run() {
        print(CompletionScript.text(for: shell), terminator: "")
    }
}

extension CompletionScript.Shell: ExpressibleByArgument {}
