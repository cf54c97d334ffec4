import Foundation
import SandboxWalls
import TestSupport
import Testing

/// What a sandboxed run keeps beside results and from run to run: the same as any other, where it may write that.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(5)))
struct SandboxProvenanceTests {
    private static let clip = Repository.file("scripts/examples/clip.mp4")

    /// What a run leaves in its folder.
    private func files(_ options: [String]) async throws -> [String: Data] {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            try command.scratch.write(
                "script.lua",
                """
                local decart = require("decart")
                local client = decart.createDecartClient()
                local job = client.queue.submitAndPoll({
                  model = "lucy-restyle-2", data = arg[1], prompt = "x", label = "a", policy = decart.policy.learned{},
                })
                job.data:save("out.mp4")
                """)
            let outcome = try await command.run(options + ["--cap", "1", "script.lua", Self.clip])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            var files: [String: Data] = [:]
            for name in ["out.mp4", "out.mp4.json", "state/decart-lua/durations.csv"] {
                files[name] = command.scratch.bytes(name)
            }
            return files
        }
    }

    private static func keys(of sidecar: Data?) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: #require(sidecar)) as? [String: Any]
        return try #require(object).keys.sorted()
    }

    @Test func `how a result was made lies beside it, and what jobs took is kept`() async throws {
        let within = try await files(["--sandbox", "--allow-all"])
        let without = try await files([])
        #expect(within.keys.sorted() == without.keys.sorted() && within.count == 3)
        #expect(try Self.keys(of: within["out.mp4.json"]) == Self.keys(of: without["out.mp4.json"]))
        let text = String(decoding: within["out.mp4.json"] ?? Data(), as: UTF8.self)
        #expect(text.contains(#""label":"a""#) && text.contains(#""producer":"decart-lua "#), "\(text)")
    }

    @Test func `what may not be written is left out, and nothing is said of it`() async throws {
        let some = try await files(["--sandbox", "--allow-read=\(Self.clip)", "--allow-write=."])
        #expect(some.keys.sorted() == ["out.mp4"])
        let readable = try await files(["--sandbox", "--allow-read=\(Self.clip),.", "--allow-write=."])
        #expect(readable.count == 3)
        let none = try await files(["--sandbox", "--allow-all", "--no-sidecar"])
        #expect(none.keys.sorted() == ["out.mp4", "state/decart-lua/durations.csv"])
    }
}
