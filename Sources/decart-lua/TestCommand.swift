import ArgumentParser
import DecartAPI
import DecartModule
import Glibc
import Logging
import NIOCore
import NIOPosix
import PlainErrors
import RunClock
import ScriptTesting
import Synchronization
import SystemPackage

/// `decart-lua test`: runs tests of scripts and policies, each on virtual time and against a queue of its own.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua test",
        abstract: "Run tests written in Lua, on virtual time, with no key and no network.",
        discussion: """
            Runs the files given, those ending in _test.lua below the folders given, or below the present folder. \
            Exits with 0 if all tests passed, 1 if any failed, 2 if there was nothing to run.
            """)

    @Argument(help: "Files and folders.", transform: BytePath.init(word:))
    var files: [BytePath] = []
    @Flag(help: "Report in the Test Anything Protocol.")
    var tap = false
    @Flag(help: "Report as JUnit XML.")
    var junit = false
    @Option(
        help: ArgumentHelp("Run only the tests whose names contain this text or Lua pattern.", valueName: "pattern"))
    var filter: String?
    @Option(help: ArgumentHelp("Make randomness repeatable; each seed gives another run.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("How long one test may take, in real time.", valueName: "ms"))
    var timeout: Double = 10_000

    @Flag(help: "Run them behind the walls of --sandbox: they may load Lua beside them, and nothing else.")
    var sandbox = false
    @Flag(help: "Run the tests again whenever one of their files changes, until Ctrl-C.")
    var watch = false

    private static let nothingToRun: Int32 = 2

    func validate() throws {
        guard !(sandbox && watch) else { throw ValidationError("--watch cannot be had under --sandbox") }
        guard !(tap && junit) else {
            throw ValidationError("--tap and --junit both write to standard output: give one of them")
        }
        guard timeout > 0, timeout.isFinite else {
            throw ValidationError("--timeout must be milliseconds above 0, not \(timeout)")
        }
    }

    /// As the keeper of a process that runs the tests behind walls.
    ///
    /// - Returns: the exit status.
    func keep() async -> Int32 {
        do {
            let files = try TestFiles.find(files)
            var words = ["--seed=\(seed)", "--timeout=\(timeout)"]
            if tap { words.append("--tap") }
            if junit { words.append("--junit") }
            if let filter { words.append("--filter=\(filter)") }
            words += ["--"] + files.map { CommandWord.text(of: $0.bytes) }
            return await (try KeeperRun(SandboxedCommand(.test, words, scripts: files))).run()
        } catch {
            return Self.complain("\(error)")
        }
    }

    /// - Parameters:
    ///   - watched: is told which files are loaded, in a run that is watched.
    ///   - process: what this process is, if it runs the tests for a keeper.
    /// - Returns: the exit status.
    func execute(_ watched: WatchedChild?, in process: SandboxedProcess? = nil) async -> Int32 {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        do {
            let filter = try filter.map { try TestFilter($0) }
            let paths = try TestFiles.find(files)
            let loops = Loops()
            var onLoad: (@Sendable ([UInt8]) -> Void)?
            if let watched { onLoad = { watched.loads($0) } }
            let runner = TestRunner(
                settings: .init(
                    seed: seed, limit: .fromMilliseconds(timeout), onLoad: onLoad, walls: process?.walls),
                report: report,
                makeLoop: { loops.next() })
            let counts = await runner.run(paths) { filter?.picks($0) ?? true }
            guard counts != TestCounts() else {
                return Self.complain(
                    filter == nil ? "there is no test in these files" : "no test has a name that --filter picks")
            }
            return counts.allWentWell ? EXIT_SUCCESS : EXIT_FAILURE
        } catch {
            return Self.complain("\(error)")
        }
    }

    private var report: any TestReport {
        let out: TestOutput = { text in
            do throws(MessageError) {
                try StandardOutput.writeAtOnce(text.utf8)
            } catch {
                Console().error(error.message)
                ProcessEnd.now(EXIT_FAILURE)
            }
        }
        if tap { return TAPReport(out) }
        return junit ? JUnitReport(out) as any TestReport : PlainReport(out)
    }

    private static func complain(_ message: String) -> Int32 {
        Console().error(message)
        return nothingToRun
    }

    /// A loop for each test that gets stuck, and one more. They end with the process.
    private final class Loops: Sendable {
        private let groups = Mutex<[MultiThreadedEventLoopGroup]>([])

        func next() -> any EventLoop {
            // A thread has its maker's signal mask, and those of Swift's own threads block the signal that shows what
            // a test is doing.
            var none = sigset_t()
            var before = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            groups.withLock { $0.append(group) }
            return group.next()
        }
    }
}
