import ArgumentParser

/// What the first word of the command line may name in place of a script.
enum Subcommand: String, CaseIterable {
    case test, lab, serve, jobs, resume, work, spend, journal, models, doctor, types, help, completion
    case initialise = "init"

    /// How it is parsed.
    var command: Command {
        switch self {
        case .test: Command(type: TestCommand.self, name: rawValue, synopsis: "[options] [files]")
        case .lab: Command(type: LabCommand.self, name: rawValue, synopsis: "[options] policy.lua...")
        case .serve: Command(type: ServeCommand.self, name: rawValue, synopsis: "[options]")
        case .types: Command(type: TypesCommand.self, name: rawValue, synopsis: "[options]")
        case .help: Command(type: HelpCommand.self, name: rawValue, synopsis: "[name]")
        case .completion: Command(type: CompletionCommand.self, name: rawValue, synopsis: "bash|zsh|fish")
        case .jobs: Command(type: JobsCommand.self, name: rawValue, synopsis: "[action] [ids] [options]")
        case .resume: Command(type: ResumeCommand.self, name: rawValue, synopsis: "[run] [options]")
        case .work: Command(type: WorkCommand.self, name: rawValue, synopsis: "[options] [script]")
        case .spend: Command(type: SpendCommand.self, name: rawValue, synopsis: "[options]")
        case .journal: Command(type: JournalCommand.self, name: rawValue, synopsis: "check|migrate [options]")
        case .models: Command(type: ModelsCommand.self, name: rawValue, synopsis: "[name] [options]")
        case .doctor: Command(type: DoctorCommand.self, name: rawValue, synopsis: "[options]")
        case .initialise: Command(type: InitCommand.self, name: rawValue, synopsis: "[folder]")
        }
    }

    /// Whether none of its words may be bytes that are no text: they go into the journal, or to who can take text only.
    var takesTextOnly: Bool {
        switch self {
        case .jobs, .resume, .spend, .journal, .models, .doctor, .help, .completion, .initialise: true
        // These have paths that may be any bytes.
        case .test, .lab, .serve, .work, .types: false
        }
    }

    struct Command {
        var type: any ParsableCommand.Type
        var name: String
        /// What may follow the name.
        var synopsis: String

        var usage: String { "\(name) \(synopsis)" }
    }
}

extension Subcommand.Command {
    /// Parses the words after the name. Does not return for a call for help or a line that cannot be used.
    func parse<Parsed: ParsableCommand>(_ words: [String], as type: Parsed.Type) -> Parsed {
        do {
            var parsed = try type.parseAsRoot(words)
            if let command = parsed as? Parsed { return command }
            // `--help` is parsed as a command of its own.
            try parsed.run()
        } catch {
            if type.exitCode(for: error) != .success {
                UsageError(type.message(for: error)).leave("\(DecartLua.name) \(name)", synopsis)
            }
            print(type.fullMessage(for: error))
        }
        Console.flush()
        DecartLua.leave(0)
    }

    /// Its options as rows, as ArgumentParser has them.
    var options: [CommandOption] { DescribedCommand(type).options }
}
