import DecartAPI
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ScriptTesting

struct ReportTests {
    private final class Text: Sendable {
        private let text = Mutex("")
        func add(_ more: String) { text.withLock { $0 += more } }
        var all: String { text.withLock { $0 } }
    }

    private static let results = [
        TestResult(test: .init(file: "a_test.lua", name: "works", line: 3), verdict: .passed, seconds: 0.0021),
        TestResult(
            test: .init(file: "a_test.lua", name: "fails #1 <&\">", line: 7),
            verdict: .failed(
                .init(message: "expected: 1\n     got: 2\u{1B}", lines: ["a_test.lua:8", "b.lua:1: in upvalue 'f'"])),
            output: "it said <so>\n"),
        TestResult(test: .init(file: "b_test.lua", name: "later"), verdict: .pending(reason: "no time")),
        TestResult(
            test: .init(file: "c_test.lua", name: "(loading the file)"),
            verdict: .notLoaded(.init(message: "c_test.lua:1: no"))),
    ]

    private func shown(_ make: (@escaping TestOutput) -> any TestReport) -> String {
        let text = Text()
        let report = make { text.add($0) }
        report.begin(count: Self.results.count)
        for result in Self.results { report.add(result) }
        report.end()
        return text.all
    }

    @Test func `a line a test, and at the end what went wrong`() {
        #expect(
            shown(PlainReport.init) == """
                a_test.lua
                  ✓ works
                  ✗ fails #1 <&">
                b_test.lua
                  - later (no time)
                c_test.lua
                  ✗ (loading the file)

                1) fails #1 <&"> (a_test.lua:7)
                   expected: 1
                        got: 2\u{1B}
                   at a_test.lua:8
                   at b.lua:1: in upvalue 'f'
                   It printed:
                   | it said <so>

                2) (loading the file) (c_test.lua)
                   c_test.lua:1: no

                1 passed, 2 failed, 1 pending, in 0.002 s

                """)
    }

    @Test func `the Test Anything Protocol has a plan, a line a test, and a block a failure`() {
        #expect(
            shown(TAPReport.init) == """
                TAP version 13
                1..4
                ok 1 - a_test.lua: works
                not ok 2 - a_test.lua: fails \\#1 <&">
                  ---
                  at: 'a_test.lua:8'
                  message: "expected: 1\\n     got: 2\\x1b"
                  traceback:
                    - 'a_test.lua:8'
                    - 'b.lua:1: in upvalue ''f'''
                  ...
                ok 3 - b_test.lua: later # SKIP no time
                not ok 4 - c_test.lua: (loading the file)
                  ---
                  at: 'c_test.lua'
                  message: |
                    c_test.lua:1: no
                  ...

                """)
    }

    /// The protocol's own reader in Perl is strict about the YAML it takes, and loses count where it gives up.
    @Test(arguments: [
        "two\nlines", "a diff:\n  {\n\n→   \"5\",\n  }", "  indented", "", "a\u{1B}[1mb\\", "\n# '\"...\n  ...\n",
    ])
    func `what Perl reads of a failure is what it says`(message: String) async throws {
        let text = Text()
        let report = TAPReport { text.add($0) }
        report.begin(count: 2)
        report.add(
            TestResult(
                test: .init(file: "a_test.lua", name: "fails"),
                verdict: .failed(.init(message: message, lines: ["a_test.lua:8", "b's.lua:1"]))))
        report.add(TestResult(test: .init(file: "a_test.lua", name: "works"), verdict: .passed))
        report.end()
        let perl = try await ChildProgram("perl").run([
            "-MTAP::Parser", "-e",
            """
            my $parser = TAP::Parser->new({ tap => $ARGV[0] });
            while (my $part = $parser->next) { print $part->data->{message}, "\\0" if $part->is_yaml }
            print join(",", $parser->tests_run, $parser->parse_errors, $parser->failed);
            """, text.all,
        ])
        let parts = perl.output.split(separator: "\0", omittingEmptySubsequences: false)
        #expect(parts.last == "2,1", "\(text.all)")
        // A block ends with the end of its last line.
        let wanted = message.hasSuffix("\n") ? String(message.dropLast()) : message
        let got = String(parts[0])
        #expect(got == message || got == wanted + "\n", "\(text.all)")
    }

    @Test func `JUnit's XML holds every text, and nothing that XML cannot`() throws {
        let text = shown(JUnitReport.init)
        #expect(
            text.hasPrefix(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="4" failures="1" errors="1" skipped="1" time="0.002">
                """
            ))
        #expect(
            text.contains(
                "<testcase name=\"fails #1 &lt;&amp;&quot;&gt;\" classname=\"a_test.lua\" line=\"7\" time=\"0.000\">"))
        #expect(text.contains("<failure message=\"expected: 1&#10;     got: 2\u{FFFD}\">expected: 1\n"))
        #expect(text.contains("<system-out>it said &lt;so&gt;\n</system-out>"))
        #expect(text.contains("<skipped message=\"no time\"/>"))
        #expect(text.hasSuffix("</testsuites>\n"))
    }
}
