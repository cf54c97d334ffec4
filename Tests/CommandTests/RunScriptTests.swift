import Foundation
import TestSupport
import Testing

/// `scripts/run`, in a package that is none, with a compiler that only notes that it was called.
@Suite(.timeLimit(.minutes(5)))
struct RunScriptTests {
    private static let prepare = """
        set -e
        mkdir -p scripts Sources/A bin .build/release
        cp '\(Repository.root)/scripts/run' '\(Repository.root)/scripts/build-release' scripts
        printf '#!/bin/sh\\n' > scripts/setup
        printf '#!/bin/sh\\necho built >> builds\\nprintf "#!/bin/sh\\\\necho \\\\"\\\\$@\\\\"\\\\n" > .build/release/decart-lua\\nchmod +x .build/release/decart-lua\\n' > bin/swift
        chmod +x scripts/setup bin/swift
        touch -d '2020-01-01' Sources/A/a.swift Sources/A Sources Package.swift
        PATH=$PWD/bin:$PATH
        unset DECART_API_KEY
        scripts/run one.lua 2> first
        """

    /// What is done between two runs, and whether the second one builds.
    @Test(arguments: [
        (":", false), ("touch -d '2030-01-01' Sources/A/a.swift", true), ("touch -d '2030-01-01' Package.swift", true),
        ("touch -d '2030-01-01' Sources/A", true), ("touch -d '2030-01-01' README.md", false),
        ("rm .build/release/decart-lua", true),
    ])
    func `it builds only if a source is newer than the program`(change: String, builds: Bool) async throws {
        let outcome = try await Command().runThroughShell(
            "\(Self.prepare)\n\(change)\nscripts/run two.lua; cat builds >&2")
        #expect(outcome.output == "--local one.lua\n--local two.lua\n")
        #expect(outcome.errors.split(separator: "\n").count { $0 == "built" } == (builds ? 2 : 1), "\(outcome.errors)")
    }

    @Test(arguments: [
        ("script.lua", "--local script.lua"), ("test", "test"), ("init", "init"), ("", "--local"),
        ("--web script.lua", "--local --web script.lua"),
    ])
    func `the local queue is used unless a subcommand or a key is there`(words: String, seen: String) async throws {
        let plain = try await Command().runThroughShell("\(Self.prepare)\nscripts/run \(words) 2>&1")
        #expect(plain.output == "--local one.lua\n\(seen)\n")
        let keyed = try await Command().runThroughShell("\(Self.prepare)\nDECART_API_KEY=k scripts/run \(words) 2>&1")
        #expect(keyed.output == "--local one.lua\n\(words)\n")
    }
}
