import Foundation
import LocalQueue
import TestSupport
import Testing

/// `decart-lua jobs watch` on a real terminal, while other processes submit jobs and fetch their results.
@Suite(.timeLimit(.minutes(5)))
struct JobWatchTests {
    private static let submit = """
        local client = require("decart").createDecartClient()
        client.queue.submit { model = "lucy-pro-t2v", prompt = "a sunset", key = arg[1] }
        """

    private func watching(_ body: @Sendable (_ command: Command, _ tmux: Tmux) async throws -> Void) async throws {
        try await RunningQueue.with(QueueSettings(pending: .zero, processing: .zero)) { url in
            var command = try Command()
            command.environment = ["DECART_BASE_URL": url, "XDG_STATE_HOME": command.scratch.path + "/state"]
            try command.scratch.write("submit.lua", Self.submit)
            _ = try await command.run("submit.lua", "shot-1")
            let tmux = try await Tmux(
                "XDG_STATE_HOME='\(command.scratch.path)/state' '\(try Repository.program())' jobs watch",
                columns: 160, scratch: command.scratch)
            do {
                try await body(command, tmux)
            } catch {
                await tmux.end()
                throw error
            }
            await tmux.end()
        }
    }

    @Test func `each job has a row, which says in the end what became of it`() async throws {
        try await watching { command, tmux in
            let first = try await tmux.wait(for: "shot-1")
            #expect(first.contains(/^ID +STATE +MODEL +COST +SUBMITTED +KEY +RESULT\n/), "\(first)")
            #expect(first.contains(/\n\w{6} +accepted +lucy-pro-t2v +\? .+ shot-1 +\w/), "\(first)")
            _ = try await command.run("submit.lua", "shot-2")
            try await tmux.wait(for: "shot-2")
            let resumed = try await command.run("resume")
            #expect(resumed.exitCode == 0, "\(resumed.errors)")
            let last = try await tmux.wait(for: "[exit 0]")
            for key in ["shot-1", "shot-2"] {
                #expect(last.contains(try Regex("fetched .* \(key) +/.*\\.mp4")), "\(last)")
            }
            #expect(try await tmux.hasCursor)
        }
    }

    @Test func `Ctrl-C ends the watch and leaves the jobs as they are`() async throws {
        try await watching { command, tmux in
            try await tmux.wait(for: "shot-1")
            try await tmux.type("C-c")
            let last = try await tmux.wait(for: "[exit 130]")
            #expect(last.contains(/accepted .+ shot-1/), "\(last)")
            #expect(try await tmux.hasCursor)
            #expect(try await command.run("jobs").output.contains("accepted"))
        }
    }
}
