import Foundation
import TestSupport
import Testing

/// The output of a run as it is committed, without what differs from run to run.
struct Snapshot {
    let name: String
    let text: String

    init(_ name: String, words: [String], _ outcome: Command.Outcome, files: [String], queue: String) {
        var text = "$ \(words.joined(separator: " "))\n"
        text += "exit status \(outcome.exitCode)\n"
        if !outcome.output.isEmpty { text += "\n--- standard output\n\(outcome.output)" }
        if !outcome.errors.isEmpty { text += "\n--- standard error\n\(outcome.errors)" }
        if !files.isEmpty { text += "\n--- files\n" + files.map { $0 + "\n" }.joined() }
        // The program begins its messages with the name it was called by.
        text = text.replacing(/\S+\/decart-lua:/, with: "decart-lua:")
        text = text.replacing(Repository.root + "/", with: "").replacing(queue, with: "http://queue")
        text = text.replacing(/\(\d+ bytes\)/, with: "(N bytes)")
        self.name = name
        self.text = Self.withNumberedJobs(text)
    }

    /// Fails where it is not what is committed; with `DECART_LUA_UPDATE_SNAPSHOTS=1` in the environment it is written.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = Repository.root + "/Tests/CommandTests/Snapshots/\(name).txt"
        if ProcessInfo.processInfo.environment["DECART_LUA_UPDATE_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            return
        }
        let committed = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text == committed,
            "If this is right, run the tests with DECART_LUA_UPDATE_SNAPSHOTS=1 and commit \(file).",
            sourceLocation: sourceLocation)
    }

    /// Every job's id becomes job_1, job_2, … in the order in which they first appear.
    private static func withNumberedJobs(_ text: String) -> String {
        var numbers: [Substring: Int] = [:]
        return text.replacing(/job_[0-9a-z]{20}/) { match in
            let number = numbers[match.output] ?? numbers.count + 1
            numbers[match.output] = number
            return "job_\(number)"
        }
    }
}
