import Foundation
import TestSupport
import Testing

/// What `decart-lua init` makes runs, is tested, and is nobody else's.
@Suite(.timeLimit(.minutes(5)))
struct InitTests {
    private static let made = [
        ".luacheckrc", ".luarc.json", "clip.mp4", "policy.lua", "policy_test.lua", "script.lua", "types",
    ]

    @Test func `its script runs and its test passes, as they are`() async throws {
        let command = try Command()
        let outcome = try await command.run("init")
        #expect(outcome.exitCode == 0 && outcome.errors == "", "\(outcome.errors)")
        #expect(command.scratch.names == Self.made)
        let run = try await command.run("--local", "--virtual-time", "script.lua")
        #expect(run.exitCode == 0 && run.output.hasSuffix("saved result.mp4\n"), "\(run.everything)")
        let test = try await command.run("test")
        #expect(test.exitCode == 0, "\(test.everything)")
        let checked = try await ChildProgram("luacheck", folder: command.scratch.path).run([".", "--no-color"])
        #expect(checked.exitCode == 0, "\(checked.output)")
    }

    @Test func `a folder is made on the way, and its script runs from outside`() async throws {
        let command = try Command()
        #expect(try await command.run("init", "my videos/first").exitCode == 0)
        let run = try await command.run("--local", "--virtual-time", "my videos/first/script.lua")
        #expect(run.exitCode == 0, "\(run.everything)")
        #expect(command.scratch.names == ["my videos", "result.mp4"])
    }

    @Test(arguments: ["policy.lua", ".luarc.json", "types/decart/test.lua"])
    func `nothing is made where there is something already`(name: String) async throws {
        let command = try Command()
        try command.scratch.write(name, "mine")
        let before = command.scratch.names
        let outcome = try await command.run("init")
        #expect(outcome.exitCode == 1 && outcome.errors.contains(name), "\(outcome.errors)")
        #expect(command.scratch.names == before && command.scratch.text(name) == "mine")
    }

    @Test func `a folder that cannot be made is named`() async throws {
        let command = try Command()
        try command.scratch.write("file", "")
        let outcome = try await command.run("init", "file/videos")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("file/videos"), "\(outcome.errors)")
    }

    @Test func `the editor's settings are JSON that names the types, which are those of this version`() async throws {
        let command = try Command()
        #expect(try await command.run("init").exitCode == 0)
        let settings = try JSONSerialization.jsonObject(with: try #require(command.scratch.bytes(".luarc.json")))
        #expect((settings as? [String: Any])?["workspace.library"] as? [String] == ["types"])
        #expect(command.scratch.text("types/decart.lua") == (try await command.run("types").output))
    }

    @Test func `its clip is the examples' own`() async throws {
        let command = try Command()
        #expect(try await command.run("init").exitCode == 0)
        let clip = FileManager.default.contents(atPath: Repository.root + "/scripts/examples/clip.mp4")
        #expect(clip != nil && command.scratch.bytes("clip.mp4") == clip)
    }
}
