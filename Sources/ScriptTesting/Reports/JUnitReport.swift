import DecartAPI
import Synchronization

/// JUnit's XML, as CI servers read it: a suite a file. Written when all tests have run.
public final class JUnitReport: TestReport {
    private let out: TestOutput
    private let results = Mutex<[TestResult]>([])

    public init(_ out: @escaping TestOutput) {
        self.out = out
    }

    public func begin(count: Int) {}

    public func add(_ result: TestResult) {
        results.withLock { $0.append(result) }
    }

    public func end() {
        let results = results.withLock { $0 }
        var files: [BytePath] = []
        for result in results where !files.contains(result.test.file) { files.append(result.test.file) }
        out("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites \(Self.attributes(of: results))>\n")
        for file in files {
            let suite = results.filter { $0.test.file == file }
            out("  <testsuite name=\(Self.quoted(file.description)) \(Self.attributes(of: suite))>\n")
            for result in suite { out(Self.element(of: result)) }
            out("  </testsuite>\n")
        }
        out("</testsuites>\n")
    }

    private static func attributes(of results: [TestResult]) -> String {
        let counts = TestCounts(results)
        let seconds = results.reduce(0) { $0 + $1.seconds }
        return "tests=\"\(results.count)\" failures=\"\(counts.failed)\" errors=\"\(counts.notLoaded)\" "
            + "skipped=\"\(counts.pending)\" time=\"\(time(seconds))\""
    }

    private static func element(of result: TestResult) -> String {
        var text = "    <testcase name=\(quoted(result.test.name)) classname=\(quoted(result.test.file.description)) "
        if let line = result.test.line { text += "line=\"\(line)\" " }
        text += "time=\"\(time(result.seconds))\""
        var inside = ""
        switch result.verdict {
        case .passed: break
        case .pending(let reason): inside = "      <skipped message=\(quoted(reason))/>\n"
        case .failed(let failure): inside = element("failure", failure)
        case .notLoaded(let failure): inside = element("error", failure)
        }
        if !result.output.isEmpty { inside += "      <system-out>\(escaped(result.output))</system-out>\n" }
        return inside.isEmpty ? text + "/>\n" : text + ">\n\(inside)    </testcase>\n"
    }

    private static func element(_ name: String, _ failure: TestResult.Failure) -> String {
        "      <\(name) message=\(quoted(failure.message))>\(escaped(failure.text(indent: "")))</\(name)>\n"
    }

    /// Seconds with three digits after the point, as the format requires.
    private static func time(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func quoted(_ text: String) -> String {
        "\"" + escaped(text).replacing("\"", with: "&quot;").replacing("\n", with: "&#10;") + "\""
    }

    /// Characters that XML cannot hold at all are shown as the replacement character.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
