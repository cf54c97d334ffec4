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
        case .failed(let failure), .notLoaded(let failure):
            out("not ok \(name)\n  ---\n  at: \(Self.quoted(failure.lines.first ?? result.test.place))\n")
            out("  message: \(Self.block(failure.message))")
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

    /// Several lines as they are, in the small part of YAML that Perl's TAP::Parser reads: it knows `|`, but not `|-`.
    /// If that cannot hold the text, for example because it begins with a space, the text is quoted.
    private static func block(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7F
        }
        guard isPlain, let first = text.first, first != " ", first != "\n" else { return doublyQuoted(text) }
        return "|\n\(text.indented(by: "    "))"
    }

    private static func doublyQuoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                quoted += "\\x\(scalar.value < 0x10 ? "0" : "")\(String(scalar.value, radix: 16))"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\"\n"
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
    }
}
