import ArgumentParser
import DecartClient
import Glibc
import LuaVM
import ScriptRuntime

@main
enum DecartLua {
    /// The name by which the program was called; messages begin with it.
    static let name = CommandLine.arguments.first.flatMap { $0.isEmpty ? nil : $0 } ?? "decart-lua"

    static func main() async {
        StandardOutput.fillGaps()
        // If a file may not grow any further, or the reader of our output has gone, the write fails, as it does when
        // the disk is full. It must not end a run that has paid for jobs.
        SignalPipe.disarm([SIGXFSZ, SIGPIPE])
        // The way to die at once. Where Swift is installed its runtime would first print a backtrace, for seconds.
        if !SignalPipe.isIgnored(SIGQUIT) { signal(SIGQUIT, SIG_DFL) }
        LuaVM.useOneArena()
        if let sandboxed = SandboxedProcess.take() {
            if let (subcommand, words) = sandboxed.command { await run(subcommand, words, in: sandboxed) }
            let status = await ScriptRun(options: sandboxed.options, sandbox: sandboxed).run()
            exit(StandardOutput.finish(status.code, Console(isJSON: sandboxed.options.ui == .json)))
        }
        let watched = WatchedChild.take()
        let words = CommandWord.all
        if let subcommand = words.dropFirst().first.flatMap(Subcommand.init) {
            await run(subcommand, Array(words.dropFirst(2)), watched)
        }
        var options: ScriptOptions
        do throws(UsageError) {
            options = try ScriptOptions(words, isSandboxed: wantsSandbox)
            try options.checkTerminal(isTerminal: isatty(STDERR_FILENO) == 1)
        } catch {
            error.leave(name, ScriptOptions.synopsis, isJSON: ScriptOptions.asksForJSON(words))
        }
        if options.showsHelp {
            print(ScriptOptions.usage(program: name))
            leave(EXIT_SUCCESS)
        }
        if let watched {
            options.journal.resume(watched.run)
        } else if options.isWatched {
            leave(await WatchRun(options).start())
        }
        if options.sandbox.mode != nil {
            let status = await KeeperRun(options: options, watched: watched).run()
            exit(StandardOutput.finish(status, Console(isJSON: options.ui == .json)))
        }
        let status = await ScriptRun(options: options, watched: watched).run()
        exit(StandardOutput.finish(status.code, Console(isJSON: options.ui == .json)))
    }

    /// Not through ArgumentParser's `main`: it runs on a thread whose signals are blocked, threads made there inherit
    /// that, and one could not see what a policy or test that never ends is doing.
    private static func run(_ subcommand: Subcommand, _ words: [String], _ watched: WatchedChild?) async -> Never {
        let command = subcommand.command
        if subcommand.takesTextOnly, let word = words.first(where: CommandWord.isOdd) {
            UsageError.oddWord(subcommand.rawValue, word).leave("\(name) \(command.name)", command.synopsis)
        }
        switch subcommand {
        case .lab:
            let lab = command.parse(words, as: LabCommand.self)
            if lab.sandbox || wantsSandbox { leave(await lab.keep(words)) }
            ProcessEnd.followSignals()
            leave(await lab.run() ? EXIT_SUCCESS : EXIT_FAILURE)
        case .test:
            let test = command.parse(words, as: TestCommand.self)
            if test.watch { refuseSandbox(command) }
            if test.sandbox || wantsSandbox { leave(await test.keep()) }
            if test.watch, watched == nil { leave(await WatchRun(test).start()) }
            ProcessEnd.followSignals()
            // Nothing is left in C's streams, whose locks a test that is stuck may hold.
            ProcessEnd.now(await test.execute(watched))
        case .help:
            let help = command.parse(words, as: HelpCommand.self)
            await run { try await help.execute() }
        case .types:
            let types = command.parse(words, as: TypesCommand.self)
            await run {
                try await types.execute()
                return true
            }
        case .completion:
            command.parse(words, as: CompletionCommand.self).run()
            leave(EXIT_SUCCESS)
        case .models:
            let models = command.parse(words, as: ModelsCommand.self)
            await run { try models.execute() }
        case .doctor: leave(await command.parse(words, as: DoctorCommand.self).execute())
        case .initialise:
            let initialise = command.parse(words, as: InitCommand.self)
            await run {
                try await initialise.execute()
                return true
            }
        case .jobs: leave(await command.parse(words, as: JobsCommand.self).execute())
        case .resume: leave(await command.parse(words, as: ResumeCommand.self).execute())
        case .work:
            refuseSandbox(command)
            leave(await command.parse(words, as: WorkCommand.self).execute())
        case .spend: leave(await command.parse(words, as: SpendCommand.self).execute())
        case .journal: leave(await command.parse(words, as: JournalCommand.self).execute())
        default:
            let serve = command.parse(words, as: ServeCommand.self)
            if serve.scenario != nil { refuseSandbox(command) }
            await run {
                try await serve.run()
                return true
            }
        }
    }

    /// The same in a process that runs Lua for a keeper.
    private static func run(_ subcommand: Subcommand, _ words: [String], in process: SandboxedProcess) async -> Never {
        let command = subcommand.command
        ProcessEnd.followSignals()
        switch subcommand {
        case .lab:
            let lab = command.parse(words, as: LabCommand.self)
            leave(await lab.run(in: process) ? EXIT_SUCCESS : EXIT_FAILURE)
        default:
            let test = command.parse(words, as: TestCommand.self)
            ProcessEnd.now(await test.execute(nil, in: process))
        }
    }

    /// Whether the environment asks for a sandbox in every run.
    private static var wantsSandbox: Bool { getenv("DECART_LUA_SANDBOX").map { String(cString: $0) } == "1" }

    /// Who has asked for a sandbox is not to run Lua without one and not know it.
    private static func refuseSandbox(_ command: Subcommand.Command) {
        guard wantsSandbox else { return }
        UsageError("'\(command.name)' runs no Lua under a sandbox, which DECART_LUA_SANDBOX asks for").leave(
            "\(name) \(command.name)", command.synopsis)
    }

    /// - Parameter body: returns whether all went well.
    private static func run(_ body: () async throws -> Bool) async -> Never {
        do {
            leave(try await body() ? EXIT_SUCCESS : EXIT_FAILURE)
        } catch {
            Console().error(ServeCommand.message(for: error))
            leave(EXIT_FAILURE)
        }
    }

    /// Like `exit`, but leaves alone what a thread that is stuck may hold.
    static func leave(_ status: Int32) -> Never {
        ProcessEnd.now(StandardOutput.finish(status))
    }
}
