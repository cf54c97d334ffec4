import Synchronization

/// For people: a line a test, and what went wrong at the end.
public final class PlainReport: TestReport {
    private let out: TestOutput
    private let results = Mutex<[TestResult]>([])

    public init(_ out: @escaping TestOutput) {
        self.out = out
    }

    public func begin(count: Int) {}

    public func add(_ result: TestResult) {
        let isNewFile = results.withLock { results in
            defer { results.append(result) }
            return results.last?.test.file != result.test.file
        }
        if isNewFile { out("\(result.test.file)\n") }
        switch result.verdict {
        case .passed: out("  ✓ \(result.test.name)\n")
        case .pending(let reason): out("  - \(result.test.name) (\(reason))\n")
        case .failed, .notLoaded: out("  ✗ \(result.test.name)\n")
        }
    }

    public func end() {
        let results = results.withLock { $0 }
        var number = 0
        for result in results {
            guard let failure = result.failure else { continue }
            number += 1
            out("\n\(number)) \(result.test.name) (\(result.test.place))\n\(failure.text(indent: "   "))")
            if !result.output.isEmpty { out("   It printed:\n\(result.output.indented(by: "   | "))") }
        }
        let counts = TestCounts(results)
        var parts = ["\(counts.passed) passed"]
        if counts.failed + counts.notLoaded > 0 { parts.append("\(counts.failed + counts.notLoaded) failed") }
        if counts.pending > 0 { parts.append("\(counts.pending) pending") }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        out("\n\(parts.joined(separator: ", ")), in \((seconds * 1000).rounded() / 1000) s\n")
    }
}

extension TestResult.Failure {
    /// The message and the lines below it, each line ended.
    func text(indent: String) -> String {
        message.indented(by: indent) + lines.map { "\(indent)at \($0)\n" }.joined()
    }
}

extension String {
    /// Every line of it after `indent`, with its line end.
    func indented(by indent: String) -> String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { "\(indent)\($0)\n" }.joined()
    }
}
