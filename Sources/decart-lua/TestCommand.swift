import ArgumentParser
import Logging
import NIOPosix
import RunClock
import ScriptTesting

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `decart-lua test`: runs tests of scripts and policies, each on virtual time and against a queue of its own.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua test",
        abstract: "Run tests written in Lua, on virtual time, with no key and no network.",
        discussion: """
            Runs the files given, those ending in _test.lua below the folders given, or below the present folder. \
            Exits with 0 if all tests passed, 1 if any failed, 2 if there was nothing to run.
            """)

    @Argument(help: "Files and folders.")
    var files: [String] = []
    @Flag(help: "Report in the Test Anything Protocol.")
    var tap = false
    @Flag(help: "Report as JUnit XML.")
    var junit = false
    @Option(help: ArgumentHelp("Run the tests in whose names this text or Lua pattern is found.", valueName: "pattern"))
    var filter: String?
    @Option(help: ArgumentHelp("What chance follows from.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("How long one test may take, in real time.", valueName: "ms"))
    var timeout: Double = 10_000

    private static let nothingToRun: Int32 = 2

    func validate() throws {
        guard !(tap && junit) else {
            throw ValidationError("--tap and --junit both go to standard output: give one of them")
        }
        guard timeout > 0, timeout.isFinite else {
            throw ValidationError("--timeout is milliseconds above 0, not \(timeout)")
        }
    }

    /// Reads the words after `test`, runs, and ends the process.
    static func main(_ words: [String]) async -> Never {
        let command: TestCommand
        do {
            var parsed = try parseAsRoot(words)
            // What `--help` is read as.
            guard let test = parsed as? TestCommand else {
                try parsed.run()
                leave(EXIT_SUCCESS)
            }
            command = test
        } catch {
            let isHelp = exitCode(for: error) == .success
            let text = fullMessage(for: error)
            if isHelp { print(text) } else { Console().line(text) }
            leave(isHelp ? EXIT_SUCCESS : nothingToRun)
        }
        leave(await command.execute())
    }

    /// `exit`, which ArgumentParser's own hides.
    private static func leave(_ status: Int32) -> Never {
        Console.flush()
        _exit(status)
    }

    private func execute() async -> Int32 {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        do {
            let filter = try filter.map { try TestFilter($0) }
            let paths = try TestFiles.find(files)
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let runner = TestRunner(
                settings: .init(seed: seed, limit: .fromMilliseconds(timeout)), loop: group.next(), report: report,
                leave: { Self.leave(EXIT_FAILURE) })
            let counts = await runner.run(paths) { filter?.picks($0) ?? true }
            guard counts != TestCounts() else {
                return Self.complain(
                    filter == nil ? "there is no test in these files" : "no test has a name that --filter picks")
            }
            return counts.allWentWell ? EXIT_SUCCESS : EXIT_FAILURE
        } catch let problem as TestFiles.Problem {
            return Self.complain(problem.message)
        } catch let problem as TestFilter.Problem {
            return Self.complain(problem.message)
        } catch {
            return Self.complain("\(error)")
        }
    }

    private var report: any TestReport {
        let out: TestOutput = { text in
            print(text, terminator: "")
            Console.flush()
        }
        if tap { return TAPReport(out) }
        return junit ? JUnitReport(out) as any TestReport : PlainReport(out)
    }

    private static func complain(_ message: String) -> Int32 {
        Console().error(message)
        return nothingToRun
    }
}
