import DecartAPI
import DecartClient
import DecartModule
import JobJournal
import LuaVM
import NIOCore
import RunClock
import SQLiteJournal
import ScriptRuntime
import SeededNumbers
import Synchronization

/// Runs a file of tests, each time in a machine of its own: a fresh Lua, clock, queue and chance.
struct TestMachine: Sendable {
    let file: BytePath
    let seed: UInt64
    /// Of real time, for one test.
    let limit: Duration
    let loop: any EventLoop
    /// Is told the path of each file that the test is about to load.
    let onLoad: (@Sendable ([UInt8]) -> Void)?
    let walls: ScriptWalls?

    /// The outcome of a run of the file.
    private struct Outcome: Sendable {
        var names: [TestName] = []
        var verdict: TestResult.Verdict?
        var output = ""
        var stop: TestWatch.Stop?
    }

    private enum Work {
        case collect
        case run(Int)
    }

    /// The file's tests in their order.
    /// - Throws: why it cannot be loaded.
    func collect(onStuck: @escaping @Sendable (TestResult.Failure) -> Void) async throws(LoadError) -> [TestName] {
        let outcome = await go(.collect, onStuck)
        if case .failed(let failure)? = outcome.verdict { throw LoadError(failure: failure) }
        return outcome.names
    }

    struct LoadError: Error {
        var failure: TestResult.Failure
    }

    /// Runs one test; `index` is its place among those collected.
    func run(
        _ test: TestName, index: Int, onStuck: @escaping @Sendable (TestResult.Failure) -> Void
    ) async -> TestResult {
        let time = SystemClock()
        let began = time.now
        let outcome = await go(.run(index), onStuck)
        let seconds = (time.now - began).inMilliseconds / 1000
        let verdict = outcome.verdict ?? .failed(.init(message: "the test did not come to its end"))
        return TestResult(test: test, verdict: verdict, seconds: seconds, output: outcome.output)
    }

    private func go(_ work: Work, _ onStuck: @escaping @Sendable (TestResult.Failure) -> Void) async -> Outcome {
        let reports = Reports()
        let clock = VirtualClock(mode: .automatic)
        do {
            let queue = try TestQueue(clock: clock, seed: seed)
            let runtime = try ScriptRuntime(loop: loop, clock: clock) { report in reports.add(report) }
            var outcome = try await go(work, on: runtime, queue, reports, onStuck)
            if let stop = outcome.stop {
                outcome.verdict = .failed(stopped(at: reports.place ?? stop.line, outcome.verdict))
            } else if let failure = reports.failure, outcome.verdict == nil || outcome.verdict == .passed {
                outcome.verdict = .failed(failure)
            }
            return outcome
        } catch {
            let message = (error as? LuaError)?.message ?? "\(error)"
            return Outcome(verdict: .failed(.init(message: message)))
        }
    }

    private func go(
        _ work: Work, on runtime: isolated ScriptRuntime, _ queue: TestQueue, _ reports: Reports,
        _ onStuck: @escaping @Sendable (TestResult.Failure) -> Void
    ) async throws(LuaError) -> Outcome {
        var settings = DecartModule.Settings(
            server: .local(TestQueue.address), environment: { [:] }, chance: Chance(seed: seed))
        settings.journal = journal(on: runtime.clock, reports)
        settings.files = walls?.files
        let decart = DecartModule(
            settings: settings,
            transport: { queue }, clock: runtime.clock, jobs: JobLedger(),
            note: { reports.note(($0.kind == .warning ? "warning: " : "") + $0.message) })
        if let onLoad { runtime.onLoad(onLoad) }
        try runtime.loadPrelude()
        let interrupter = runtime.makeInterrupter(message: "the test took too long")
        let module = TestModule(queue: queue, interrupter: interrupter) {
            runtime.interrupt(with: .success, message: "the test is over")
        }
        try runtime.makeRepeatable(seed: seed)
        try decart.install(in: runtime)
        let main = try module.install(in: runtime, file: file)
        try walls?.install(runtime)
        let watch = TestWatch(
            runtime: runtime, interrupter: interrupter, limit: limit,
            onStuck: { [self] line in onStuck(stopped(at: line, nil)) })
        watch.start()
        let arguments: [LuaVM.Argument] =
            if case .run(let index) = work { [.value(.integer(Int64(index + 1)))] } else { [] }
        _ = await runtime.run(main, arguments: arguments)
        var stop = watch.end()
        if stop != nil, stop?.line == nil { stop?.line = runtime.interruptedAt }
        let names = module.names.map { TestName(file: file, name: $0.name, line: $0.line) }
        let output = module.output + reports.notes
        // Closing waits for the programs behind files that are still open.
        ScriptRuntime.endPrograms(forGood: true)
        let verdict = module.verdict
        watch.closing({ runtime.close() }, onStuck: { onStuck(Self.stuckFinalizer(after: verdict)) })
        return Outcome(names: names, verdict: verdict, output: output, stop: stop)
    }

    /// Keys, caps and spending work in a test as they do elsewhere, and are forgotten after it.
    private func journal(on clock: any RunClock, _ reports: Reports) -> Journal {
        let run = Journal.Run(name: file.description, isNamed: true)
        let session = JournalSession.ofProcess(
            run: run, program: "decart-lua test", now: Int64(clock.unixTime * 1000))
        let chance = Chance(seed: seed)
        return Journal(
            settings: Journal.Settings(kind: .memory, run: run, random: { chance.bits() }),
            store: SQLiteJournal.inMemory(session: session, clock: clock), clock: clock,
            warn: { reports.note("warning: \($0)") })
    }

    /// A test that has ended, and left what does not.
    private static func stuckFinalizer(after verdict: TestResult.Verdict?) -> TestResult.Failure {
        var failure = TestResult.Failure(
            message: "a finalizer (__gc) that ran after the test did not come to an end within 5 s")
        if case .failed(let own)? = verdict { failure.lines = [own.message] + own.lines }
        return failure
    }

    /// A test that was stopped; where it waited, what its wait then raised tells the line.
    private func stopped(at line: String?, _ verdict: TestResult.Verdict?) -> TestResult.Failure {
        var lines: [String] = []
        if case .failed(let failure)? = verdict { lines = failure.lines }
        let place = line ?? lines.first?.prefixUpToColon
        return .init(
            message: "stopped after \(limit.inSeconds) s of real time" + (place.map { ", at \($0)" } ?? "")
                + ": it did not come to an end (--timeout sets the limit)",
            lines: lines)
    }
}

extension String {
    /// "poll_test.lua:7" of "poll_test.lua:7: in function 'wait'".
    fileprivate var prefixUpToColon: String {
        firstRange(of: ": ").map { String(self[..<$0.lowerBound]) } ?? self
    }
}

/// What went wrong besides the test itself, such as a task that nobody awaited.
private final class Reports: Sendable {
    private let state = Mutex<(failure: TestResult.Failure?, notes: String, place: String?)>((nil, "", nil))

    /// Where the first error was raised, or a task was that did not end when it was told to.
    var place: String? { state.withLock { $0.place } }
    var failure: TestResult.Failure? { state.withLock { $0.failure } }
    var notes: String { state.withLock { $0.notes } }

    func note(_ line: String) { state.withLock { $0.notes += line + "\n" } }

    func add(_ report: ScriptReport) {
        let failure: TestResult.Failure? =
            switch report {
            case .failed(let error, _): failure(error)
            case .deadlock(let tasks):
                TestResult.Failure(
                    message: "nothing is left that could wake what waits, so the test would never end",
                    lines: tasks.map { "\($0.line ?? "?"): waits in \($0.function)" })
            case .stopped(let task): note(place: task.line)
            }
        state.withLock { if $0.failure == nil { $0.failure = failure } }
    }

    private func failure(_ error: LuaError) -> TestResult.Failure {
        if case .table(let object) = error.value { note(place: object["where"].text) }
        return TestResult.Failure(error)
    }

    /// - Returns: nil if what was stopped is not a failure of its own.
    @discardableResult
    private func note(place: String?) -> TestResult.Failure? {
        state.withLock { $0.place = $0.place ?? place }
        return nil
    }
}

extension TestResult.Failure {
    init(_ error: LuaError) {
        var message = error.message
        if case .table(let object) = error.value, let place = object["where"].text { message = "\(place): \(message)" }
        let lines = (error.traceback ?? "").split(separator: "\n").dropFirst().map {
            String($0.drop { $0 == "\t" || $0 == " " })
        }
        self.init(message: message, lines: lines)
    }
}
