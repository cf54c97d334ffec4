import Synchronization

/// The Test Anything Protocol, version 13, with a YAML block for each failure.
public final class TAPReport: TestReport {
    private let out: TestOutput
    private let number = Mutex(0)

    public init(_ out: @escaping TestOutput) {
        self.out = out
    }

    public func begin(count: Int) {
        out("TAP version 13\n1..\(count)\n")
    }

    public func add(_ result: TestResult) {
        let number = number.withLock { number in
            number += 1
            return number
        }
        let name = "\(number) - \(Self.line("\(result.test.file): \(result.test.name)"))"
        switch result.verdict {
        case .passed: out("ok \(name)\n")
        case .pending(let reason): out("ok \(name) # SKIP \(Self.line(reason))\n")
        case .failed(let failure), .broken(let failure):
            out("not ok \(name)\n  ---\n  at: \(Self.quoted(failure.lines.first ?? result.test.place))\n")
            out("  message: |-\n\(failure.message.indented(by: "    "))")
            if failure.lines.count > 1 {
                out("  traceback:\n\(failure.lines.map { "    - \(Self.quoted($0))\n" }.joined())")
            }
            out("  ...\n")
        }
    }

    public func end() {}

    /// One line, in which `#` begins no directive.
    private static func line(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#").replacing("\n", with: " ").replacing(
            "\r", with: " ")
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
    }
}
