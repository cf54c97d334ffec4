import ArgumentParser
import DecartClient
import LuaVM
import ScriptRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main
enum DecartLua {
    /// The program's name as it was called, which messages begin with.
    static let name = CommandLine.arguments.first.flatMap { $0.isEmpty ? nil : $0 } ?? "decart-lua"

    static func main() async {
        // A file that may not grow any more, or a reader of our output that has gone, is an error of that write, as a
        // full disk is, and not the end of a run that has paid for jobs.
        SignalPipe.shrugOff([SIGXFSZ, SIGPIPE])
        LuaVM.useOneArena()
        let words = CommandLine.arguments
        if let subcommand = words.dropFirst().first.flatMap(Subcommand.init) {
            return await run(subcommand, Array(words.dropFirst(2)))
        }
        let options: ScriptOptions
        do throws(UsageError) {
            options = try ScriptOptions(words)
            try options.checkTerminal(isTerminal: isatty(STDERR_FILENO) == 1)
        } catch {
            if ScriptOptions.asksForJSON(words) {
                Console(isJSON: true).error(error.message)
            } else {
                // Not all the options: the complaint would be out of sight above them.
                let synopsis = ScriptOptions.synopsis(program: name)
                Console().error("\(error.message)\n\(synopsis)\n'\(name) --help' names the options")
            }
            exit(EXIT_FAILURE)
        }
        if options.showsHelp {
            print(ScriptOptions.usage(program: name))
            exit(EXIT_SUCCESS)
        }
        let status = await ScriptRun(options: options).run()
        exit(status.code)
    }

    private static func run(_ subcommand: Subcommand, _ words: [String]) async {
        switch subcommand {
        case .serve: await ServeCommand.main(words)
        case .lab:
            // Not by way of `LabCommand.main`: that runs on a thread whose signals are blocked, threads made there
            // inherit it, and what a policy that never ends is doing could not be seen.
            let lab = LabCommand.parseOrExit(words)
            exit(await lab.run() ? EXIT_SUCCESS : EXIT_FAILURE)
        case .test: await TestCommand.main(words)
        case .jobs, .types, .doctor:
            let word = subcommand.rawValue
            Console().error("'\(word)' is reserved for a later version; a script of that name is run as './\(word)'")
            exit(EXIT_FAILURE)
        }
    }
}
