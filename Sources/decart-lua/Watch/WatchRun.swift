import DecartAPI
import FileWatch
import Foundation
import Glibc
import JobJournal
import PlainErrors
import RunClock
import ScriptTesting
import Synchronization
import TerminalUI

/// `--watch`: runs the program, and again whenever a file changes that it has loaded, until Ctrl-C.
struct WatchRun {
    /// Files that count, whether they are loaded or not.
    private let files: () throws(MessageError) -> [[UInt8]]
    /// New files that count too: their names' end.
    private var suffix: String?
    /// What each run goes on with, as `--resume-run` says.
    private var run: String?
    private var console = Console()

    /// How long to wait for more to be saved.
    private static let pause: Duration = .milliseconds(80)

    private enum News: Sendable {
        case event(WatchLoop.Event)
        case changed([UInt8])
    }

    init(_ options: ScriptOptions) {
        files = { ScriptRun.files(of: options) }
        // Under --local a run leaves no jobs behind.
        if !options.isLocal {
            run = options.journal.run(of: options.title, now: Int64(SystemClock().unixTime * 1000)).name
        }
        console.isJSON = options.ui == .json
    }

    init(_ test: TestCommand) {
        files = { () throws(MessageError) in try TestFiles.find(test.files).map(\.bytes) }
        suffix = TestFiles.suffix
    }

    /// - Returns: the exit status.
    func start() async -> Int32 {
        do throws(MessageError) {
            return try await watch()
        } catch {
            console.error(error.message)
            return EXIT_FAILURE
        }
    }

    private func watch() async throws(MessageError) -> Int32 {
        let watch = try FileWatch(alsoNamed: suffix)
        for file in try files() { try watch.add(file) }
        let (news, sink) = AsyncStream.makeStream(of: News.self)
        Self.onThread("files") {
            while let path = watch.next() { sink.yield(.changed(path)) }
        }
        let current = Mutex<WatchedProgram?>(nil)
        let signals = StopSignals { number in
            sink.yield(.event(.signal(number)))
        } leave: { number in
            // The second one: on a terminal it has reached the program too, which then ends at once.
            let program = current.withLock { $0 }
            if !Self.reachesAll(number) { program?.send(number) }
            program?.waitForLastWords()
            _exit(128 + number)
        }
        defer { _ = signals }
        var loop = WatchLoop()
        try launch(watch, sink, current)
        for await item in news {
            let event: WatchLoop.Event
            switch item {
            case .event(let known): event = known
            case .changed: event = .changed
            }
            guard let action = loop.on(event) else { continue }
            switch action {
            case .start:
                for file in try files() { try? watch.add(file) }
                try launch(watch, sink, current)
            case .stop:
                if case .changed(let path) = item { say("\(Self.shown(path)) has changed") }
                current.withLock { $0 }?.send(SIGTERM)
            case .settle:
                if case .changed(let path) = item { say("\(Self.shown(path)) has changed") }
                Task {
                    try? await SystemClock().sleep(for: Self.pause)
                    sink.yield(.event(.settled))
                }
            case .tell(let status):
                say("ended with status \(status); it runs again when a file changes, and Ctrl-C ends the watch")
            case .pass(let number):
                if !Self.reachesAll(number) { current.withLock { $0 }?.send(number) }
            case .leave(let status): return status
            }
        }
        return EXIT_FAILURE
    }

    /// Starts the program, and threads that wait for what it tells and for its end.
    private func launch(
        _ watch: FileWatch, _ sink: AsyncStream<News>.Continuation, _ current: borrowing Mutex<WatchedProgram?>
    ) throws(MessageError) {
        let program = try WatchedProgram.start(run: run)
        current.withLock { $0 = program }
        Self.onThread("program") {
            // A folder that cannot be watched is no reason not to run.
            program.readFiles { path in _ = try? watch.add(path) }
            sink.yield(.event(.ended(program.waitForEnd())))
        }
    }

    private func say(_ message: String) {
        guard console.isJSON else { return console.line("\(DecartLua.name): \(message)") }
        var object = console.object("watch")
        object.add("message", message)
        console.line(object.text)
    }

    private static func shown(_ path: [UInt8]) -> String {
        path.isEmpty ? "something" : String(decoding: path, as: UTF8.self)
    }

    /// Whether the signal comes from the terminal, which sends it to the whole process group.
    private static func reachesAll(_ signal: Int32) -> Bool {
        signal == SIGINT && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }

    private static func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.name = name
        thread.start()
    }
}
