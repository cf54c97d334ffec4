import Foundation
import TestSupport

/// The built `decart-lua`, run as a user runs it.
struct Command: Sendable {
    typealias Outcome = ChildProgram.Outcome

    /// The key that every run has unless a test says otherwise. It must not turn up in any output.
    static let key = "dct_0123456789_not_to_be_shown"

    let scratch: ScratchFolder
    /// Of the run, beside PATH; DECART_API_KEY is `key` unless it is set to nil here.
    var environment: [String: String?] = [:]

    init() throws {
        scratch = try ScratchFolder()
    }

    /// Runs it in the scratch folder until it ends.
    func run(_ words: String..., input: String = "") async throws -> Outcome {
        try await run(words, input: input)
    }

    func run(_ words: [String], input: String = "") async throws -> Outcome {
        try await program(at: Repository.program()).run(words, input: input)
    }

    /// Runs it by way of a shell, for limits and redirections; "$1" there is the program.
    ///
    /// A shell has what it starts with `&` ignore Ctrl-C: with `heeding` before it, a program does not. `await 'command'`
    /// runs a command until it succeeds, or gives up after two minutes and more, with status 97.
    func runThroughShell(_ line: String) async throws -> Outcome {
        let functions = """
            heeding() { exec env --default-signal=INT,QUIT "$@"; }
            await() {
              tries=0
              until eval "$1"; do
                tries=$((tries + 1))
                if [ $tries -ge 2400 ]; then echo "waited in vain: $1" >&2; exit 97; fi
                sleep 0.05
              done
            }

            """
        return try await program(at: "/bin/sh").run(["-c", functions + line, "sh", try Repository.program()])
    }

    private func program(at path: String) -> ChildProgram {
        var variables: [String: String?] = [
            "PATH": ProcessInfo.processInfo.environment["PATH"], "DECART_API_KEY": Self.key,
        ]
        variables.merge(environment) { _, last in last }
        return ChildProgram(path, folder: scratch.path, environment: variables.compactMapValues { $0 })
    }
}
