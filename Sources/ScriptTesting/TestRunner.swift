public import DecartAPI
public import DecartModule
public import NIOCore
import RunClock
import ScriptRuntime

/// Runs all tests of some files and reports them.
public struct TestRunner: Sendable {
    public struct Settings: Sendable {
        /// The randomness of every test follows from it.
        public var seed: UInt64
        /// Of real time, for one test.
        public var limit: Duration
        /// Is told the path of each file that a test is about to load.
        public var onLoad: (@Sendable ([UInt8]) -> Void)?
        /// Around a test in that folder; nil: it may do what its user may.
        public var walls: (@Sendable (_ folder: BytePath) -> ScriptWalls)?

        public init(
            seed: UInt64 = 1, limit: Duration = .seconds(10), onLoad: (@Sendable ([UInt8]) -> Void)? = nil,
            walls: (@Sendable (_ folder: BytePath) -> ScriptWalls)? = nil
        ) {
            self.walls = walls
            self.seed = seed
            self.limit = limit
            self.onLoad = onLoad
        }
    }

    private let settings: Settings
    private let makeLoop: @Sendable () -> any EventLoop
    private let report: any TestReport

    /// - Parameter makeLoop: makes the loop that Lua runs on. Where a test is inside one long call of a library's,
    ///   which cannot be stopped, its loop is given up, and the other tests go on on another one.
    public init(settings: Settings, report: any TestReport, makeLoop: @escaping @Sendable () -> any EventLoop) {
        self.settings = settings
        self.makeLoop = makeLoop
        self.report = report
    }

    /// - Parameter filter: the tests to run, by their names.
    /// - Returns: how many did what; all zero if the filter picked none.
    public func run(_ files: [BytePath], filter: (String) -> Bool = { _ in true }) async -> TestCounts {
        var loop = makeLoop()
        var planned: [(index: Int, name: TestName)] = []
        var notLoaded: [TestResult] = []
        for file in files {
            switch await finding(of: file, on: &loop) {
            case .success(let names):
                planned += names.enumerated().filter { filter($0.element.name) }.map { ($0.offset, $0.element) }
            case .failure(let error):
                let loading = TestName(file: file, name: "(loading the file)")
                notLoaded.append(TestResult(test: loading, verdict: .notLoaded(error.failure)))
            }
        }
        guard planned.count + notLoaded.count > 0 else { return TestCounts() }
        report.begin(count: planned.count + notLoaded.count)
        var counts = TestCounts(notLoaded)
        for result in notLoaded { report.add(result) }
        for (index, name) in planned {
            let result = await result(of: name, index, on: &loop)
            counts.add(result)
            report.add(result)
        }
        report.end()
        return counts
    }

    private typealias Finding = Result<[TestName], TestMachine.LoadError>

    private func finding(of file: BytePath, on loop: inout any EventLoop) async -> Finding {
        let machine = machine(file, on: loop)
        return await untilStuck(&loop) { onStuck in
            do throws(TestMachine.LoadError) {
                return .success(try await machine.collect(onStuck: onStuck))
            } catch {
                return .failure(error)
            }
        } stuck: { failure in
            .failure(TestMachine.LoadError(failure: failure))
        }
    }

    private func result(of test: TestName, _ index: Int, on loop: inout any EventLoop) async -> TestResult {
        let machine = machine(test.file, on: loop)
        let seconds = settings.limit.inMilliseconds / 1000
        return await untilStuck(&loop) { onStuck in
            await machine.run(test, index: index, onStuck: onStuck)
        } stuck: { failure in
            TestResult(test: test, verdict: .failed(failure), seconds: seconds)
        }
    }

    private func machine(_ file: BytePath, on loop: any EventLoop) -> TestMachine {
        TestMachine(
            file: file, seed: settings.seed, limit: settings.limit, loop: loop, onLoad: settings.onLoad,
            walls: settings.walls?(file.folder))
    }

    /// Answers what `body` does, or what `stuck` makes of its being stuck, whichever is first. In the second case its
    /// thread is lost, and `loop` is another one.
    private func untilStuck<Outcome: Sendable>(
        _ loop: inout any EventLoop,
        _ body: @escaping @Sendable (_ onStuck: @escaping @Sendable (TestResult.Failure) -> Void) async -> Outcome,
        stuck: @escaping @Sendable (TestResult.Failure) -> Outcome
    ) async -> Outcome {
        let (outcomes, came) = AsyncStream.makeStream(of: (outcome: Outcome, isStuck: Bool).self)
        Task {
            let outcome = await body { came.yield((stuck($0), true)) }
            came.yield((outcome, false))
        }
        // There is one, since one of the two is always called.
        guard let first = await outcomes.first(where: { _ in true }) else {
            return stuck(.init(message: "the test did not come to its end"))
        }
        if first.isStuck {
            loop = makeLoop()
            // What it has started would go on for ever: nobody waits for it any more.
            ScriptRuntime.endPrograms(forGood: true)
        }
        return first.outcome
    }
}
