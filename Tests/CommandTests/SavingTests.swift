import Foundation
import TestSupport
import Testing

/// Places a result cannot be written to: the error says why, and what was there stays.
@Suite(.timeLimit(.minutes(5)))
struct SavingTests {
    @Test(arguments: [
        ("no/such/folder/a.bin", #"there is no folder "no/such/folder"; make it first"#), (".", "it is a folder"),
        ("/proc/a.bin", "Cannot write"),
        ("/dev/full", "it is not a regular file"),
    ])
    func `a path that will not do is named`(path: String, reason: String) async throws {
        let command = try Command()
        let outcome = try await command.run("-e", #"decart.blob("bytes", "text/plain"):save("\#(path)")"#)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("Cannot write \"\(path)\""))
        #expect(outcome.errors.contains(reason))
        #expect(command.scratch.names.isEmpty)
    }

    @Test func `a disk that fills up leaves the old file and no other`() async throws {
        let command = try Command()
        try command.scratch.write("a.bin", "the old one")
        let code = #"decart.blob(("x"):rep(1000000), "text/plain"):save("a.bin")"#
        let outcome = try await command.runThroughShell("ulimit -f 64; exec \"$1\" -e '\(code)'")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("Cannot write \"a.bin\""))
        #expect(command.scratch.names == ["a.bin"])
        #expect(command.scratch.bytes("a.bin") == Data("the old one".utf8))
    }

    @Test func `a folder that may not be written to is named`() async throws {
        // To the superuser every folder is open.
        guard getuid() != 0 else { return }
        let command = try Command()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: command.scratch.path)
        let outcome = try await command.run("-e", #"decart.blob("x", "text/plain"):save("a.bin")"#)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("permission denied"))
    }

    @Test func `a video is shown by saving it beside those that are there`() async throws {
        let command = try Command()
        let code = """
            local b = decart.blob("x", "video/mp4")
            decart.displayVideo(b, "a.mp4")
            decart.displayVideo(b, "a.mp4")
            """
        let outcome = try await command.run("-e", code)
        #expect(outcome.exitCode == 0)
        #expect(command.scratch.names == ["a-2.mp4", "a.mp4"])
        #expect(outcome.errors.contains("saved a-2.mp4 (1 bytes)"))
    }
}
