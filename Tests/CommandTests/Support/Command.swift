import Foundation
import Subprocess
import SystemPackage

/// The built `decart-lua`, run as a user runs it.
struct Command: Sendable {
    struct Outcome: Sendable {
        var exitCode: Int32
        var output: String
        var errors: String
        /// Both streams, for what must appear in neither.
        var everything: String { output + errors }
    }

    struct NotBuilt: Error, CustomStringConvertible {
        var paths: [String]
        var description: String {
            "decart-lua is not at \(paths.joined(separator: " nor at ")); build it with `swift build` and test again."
        }
    }

    /// The key that every run has unless a test says otherwise. It must not turn up in any output.
    static let key = "dct_0123456789_not_to_be_shown"
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    let scratch: Scratch
    /// Of the run, beside PATH; DECART_API_KEY is `key` unless it is set to nil here.
    var environment: [String: String?] = [:]

    init() throws {
        scratch = try Scratch()
    }

    /// Runs it in the scratch folder until it ends.
    func run(_ words: String..., input: String = "") async throws -> Outcome {
        try await run(words, input: input)
    }

    func run(_ words: [String], input: String = "") async throws -> Outcome {
        try await run(program: Self.path(), words, input: input)
    }

    /// Runs it by way of a shell, for limits and redirections; "$1" there is the program.
    func runThroughShell(_ line: String) async throws -> Outcome {
        try await run(program: "/bin/sh", ["-c", line, "sh", try Self.path()], input: "")
    }

    private func run(program: String, _ words: [String], input: String) async throws -> Outcome {
        // From a file, not a pipe: a program that ends without reading a pipe takes Subprocess down with it.
        let inputFolder = try Scratch()
        try inputFolder.write("input", input)
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words), environment: .custom(variables),
            workingDirectory: FilePath(scratch.path),
            input: .fileDescriptor(
                try FileDescriptor.open(inputFolder.path("input"), .readOnly), closeAfterSpawningProcess: true),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }

    private var variables: [Environment.Key: String] {
        var all: [String: String?] = [
            "PATH": ProcessInfo.processInfo.environment["PATH"], "DECART_API_KEY": Self.key,
        ]
        all.merge(environment) { _, last in last }
        var variables: [Environment.Key: String] = [:]
        for (name, value) in all {
            if let key = Environment.Key(rawValue: name), let value { variables[key] = value }
        }
        return variables
    }

    /// Beside the test bundle; where that is not known, in the package's debug folder.
    static func path() throws -> String {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("decart-lua").path
        let paths = [beside, root + "/.build/debug/decart-lua"]
        guard let path = paths.first(where: FileManager.default.isExecutableFile) else { throw NotBuilt(paths: paths) }
        return path
    }
}
