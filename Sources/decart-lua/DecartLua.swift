import ArgumentParser
import DecartClient
import ScriptRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main
enum DecartLua {
    static let name = "decart-lua"

    static func main() async {
        // A file that may not grow any more is an error of that write, as a full disk is, and not the end of the run.
        signal(SIGXFSZ, SIG_IGN)
        let words = CommandLine.arguments
        if words.dropFirst().first == "serve" {
            return await ServeCommand.main(Array(words.dropFirst(2)))
        }
        let options: ScriptOptions
        do throws(UsageError) {
            options = try ScriptOptions(words)
        } catch {
            Console.error("\(name): \(error.message)\n\(ScriptOptions.usage)")
            exit(EXIT_FAILURE)
        }
        if options.showsHelp {
            print(ScriptOptions.usage)
            exit(EXIT_SUCCESS)
        }
        if options.showsVersion {
            print("\(name) \(ClientConfiguration.version), Lua 5.4")
            exit(EXIT_SUCCESS)
        }
        let status = await ScriptRun(options: options).run()
        exit(status.code)
    }
}
