import Foundation
import TestSupport
import Testing

/// `scripts/postgres-server` where PostgreSQL is in another place than Debian's, or in none.
@Suite(.timeLimit(.minutes(5)))
struct PostgresScriptTests {
    /// Runs the script as if Debian's folder were not there.
    ///
    /// - Parameter folder: of PATH, in front of the system's own.
    private func run(path folder: String) async throws -> ChildProgram.Outcome {
        let scratch = try ScratchFolder()
        let script = try String(contentsOfFile: Repository.file("scripts/postgres-server"), encoding: .utf8)
        try scratch.write("server", script.replacing("/usr/lib/postgresql", with: "/nowhere/postgresql"))
        let environment = ["PATH": "\(folder):/usr/bin:/bin", "TMPDIR": NSTemporaryDirectory()]
        return try await ChildProgram("/bin/bash", folder: scratch.path, environment: environment)
            .run([scratch.file("server")])
    }

    @Test func `PATH leads to it`() async throws {
        let folders = try #require(
            try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").sorted(by: <))
        let outcome = try await run(path: "/usr/lib/postgresql/\(try #require(folders.last))/bin")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        #expect(outcome.output.hasPrefix("ready "), "\(outcome.everything)")
        let folder = outcome.output.dropFirst("ready ".count).prefix { $0 != "\n" }
        #expect(!FileManager.default.fileExists(atPath: String(folder)), "it is gone with its input")
    }

    @Test(.disabled(if: ChildProgram.find("initdb") != nil))
    func `what to install is said`() async throws {
        let outcome = try await run(path: "/nowhere")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("install postgresql"), "\(outcome.errors)")
    }
}
