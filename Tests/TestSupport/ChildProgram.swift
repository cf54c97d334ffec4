internal import Foundation
internal import Subprocess
internal import SystemPackage

/// Another program, run to its end. No thread is held up meanwhile.
package struct ChildProgram: Sendable {
    package struct Outcome: Sendable {
        /// 128 and the signal's number where a signal ended it.
        package var exitCode: Int32
        package var output: String
        package var errors: String
        /// Both streams, for what must appear in neither.
        package var everything: String { output + errors }
    }

    /// Its path, or the name by which PATH finds it.
    package var program: String
    /// It runs in this folder; nil: in that of the tests.
    package var folder: String?
    /// All of its environment; nil: that of the tests.
    package var environment: [String: String]?

    package init(_ program: String, folder: String? = nil, environment: [String: String]? = nil) {
        self.program = program
        self.folder = folder
        self.environment = environment
    }

    /// Where PATH finds a program; nil where it does not.
    package static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Throws: if it cannot be started, or writes more than a megabyte.
    package func run(_ words: [String], input: String = "") async throws -> Outcome {
        // From a file, not a pipe: a program that ends without reading a pipe takes Subprocess down with it.
        let scratch = try ScratchFolder()
        let file = try FileDescriptor.open(try scratch.write("input", input), .readOnly)
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(words),
            environment: variables, workingDirectory: folder.map { FilePath($0) },
            input: .fileDescriptor(file, closeAfterSpawningProcess: true), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }

    private var variables: Environment {
        guard let environment else { return .inherit }
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        return .custom(variables)
    }
}
