public import NIOCore
import RunClock

/// Runs all tests of some files and tells a report of them.
public struct TestRunner: Sendable {
    public struct Settings: Sendable {
        /// Chance of every test follows from it.
        public var seed: UInt64
        /// Of real time, for one test.
        public var limit: Duration

        public init(seed: UInt64 = 1, limit: Duration = .seconds(10)) {
            self.seed = seed
            self.limit = limit
        }
    }

    private let settings: Settings
    private let loop: any EventLoop
    private let report: any TestReport
    /// Ends the process: a test is inside one long call of a library's and cannot be stopped.
    private let leave: @Sendable () -> Void

    public init(settings: Settings, loop: any EventLoop, report: any TestReport, leave: @escaping @Sendable () -> Void)
    {
        self.settings = settings
        self.loop = loop
        self.report = report
        self.leave = leave
    }

    /// - Parameter filter: the tests to run, by their names.
    /// - Returns: how many did what; all zero if the filter picked none.
    public func run(_ files: [String], filter: (String) -> Bool = { _ in true }) async -> TestCounts {
        var planned: [(machine: TestMachine, tests: [(index: Int, name: TestName)])] = []
        var broken: [TestResult] = []
        for file in files {
            let machine = TestMachine(file: file, seed: settings.seed, limit: settings.limit, loop: loop)
            let loading = TestName(file: file, name: "(loading the file)")
            do throws(TestMachine.Broken) {
                let names = try await machine.collect(onStuck: stuck(in: loading))
                planned.append(
                    (machine, names.enumerated().filter { filter($0.element.name) }.map { ($0.offset, $0.element) }))
            } catch {
                let result = TestResult(test: loading, verdict: .broken(error.failure))
                broken.append(result)
            }
        }
        let count = planned.reduce(broken.count) { $0 + $1.tests.count }
        guard count > 0 else { return TestCounts() }
        report.begin(count: count)
        var counts = TestCounts(broken)
        for result in broken { report.add(result) }
        for (machine, tests) in planned {
            for (index, name) in tests {
                let result = await machine.run(name, index: index, onStuck: stuck(in: name))
                counts.add(result)
                report.add(result)
            }
        }
        report.end()
        return counts
    }

    /// The report is made of what there is; then the process ends.
    private func stuck(in test: TestName) -> @Sendable (TestResult.Failure) -> Void {
        { [report, leave] failure in
            report.add(TestResult(test: test, verdict: .failed(failure)))
            report.end()
            leave()
        }
    }
}
