import Foundation
import TestSupport
import Testing

/// The live region on a real terminal, and what is left of it: of a script by itself, and of one behind the walls of
/// `--sandbox`, where the terminal is the keeper's.
@Suite(.timeLimit(.minutes(5)))
struct TerminalTests {
    private static let script = """
        local decart = require("decart")
        local status, bar = document.getElementById("status"), document.getElementById("progress")
        io.stdout:setvbuf("no")
        print("begun")
        status.textContent = "Waiting 日本語 🎬 ..."
        bar.value = 25
        decart.readLine()
        io.write("partial ")
        io.stderr:write("and to stderr\\n")
        os.execute("echo from a child; echo its errors >&2")
        local pipe = io.popen("echo from a pipe >&2; echo read", "r")
        io.stdout:write(pipe:read("a"))
        pipe:close()
        warn("@on") warn("a warning")
        status.textContent = "Generating ..."
        bar.value = 50
        decart.readLine()
        bar.value = 100
        status.textContent = "Complete!"
        if arg[1] == "fail" then error("no such luck") end
        if arg[1] == "exit" then os.exit(7) end
        """

    private static func walls(_ isSandboxed: Bool) -> String { isSandboxed ? "--sandbox --allow-all" : "" }

    private func onTerminal(
        _ arguments: String = "", isSandboxed: Bool, _ body: (Tmux) async throws -> Void
    ) async throws {
        let command = try Command()
        try command.scratch.write("live.lua", Self.script)
        let tmux = try await Tmux(
            "'\(try Repository.program())' \(Self.walls(isSandboxed)) live.lua \(arguments)", scratch: command.scratch)
        do {
            try await body(tmux)
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
    }

    @Test(arguments: [false, true])
    func `output of every kind goes by above the region, which stays as plain lines`(isSandboxed: Bool) async throws {
        try await onTerminal(isSandboxed: isSandboxed) { tmux in
            let first = try await tmux.wait(for: "25 %")
            #expect(
                first.contains(
                    /begun\n\nWaiting 日本語 🎬 \.\.\.\nprogress █{10}░{30} 25 %  0:0\d$/), "\(first)")
            try await tmux.type("Enter")
            let second = try await tmux.wait(for: "50 %")
            #expect(
                second.contains(
                    /^begun\n\npartial and to stderr\nfrom a child\nits errors\nfrom a pipe\nread\nLua warning: a warning\n\n/
                ),
                "\(second)")
            #expect(second.contains(/warning\n\nGenerating \.\.\.\nprogress █{20}░{20} 50 %  0:0\d$/), "\(second)")
            #expect(try await tmux.hasCursor)
            try await tmux.type("Enter")
            let last = try await tmux.wait(for: "[exit 0]")
            #expect(last.hasSuffix("a warning\n\nstatus: Complete!\nprogress: 100 %\n[exit 0]"), "\(last)")
            #expect(try await tmux.hasCursor)
        }
    }

    @Test(arguments: [false, true])
    func `another size of the window draws the region anew`(isSandboxed: Bool) async throws {
        try await onTerminal(isSandboxed: isSandboxed) { tmux in
            try await tmux.wait(for: "25 %")
            try await tmux.resize(columns: 40, rows: 10)
            let shown = try await tmux.wait(for: "a shorter bar") { $0.contains(/progress █{5}░{14} 25 %/) }
            // tmux itself may have moved what stood above out of sight.
            #expect(shown.contains(/^(begun\n\n)?Waiting 日本語 🎬 \.\.\.\nprogress █{5}░{14} 25 %  0:0\d$/), "\(shown)")
        }
    }

    @Test(
        arguments: [("", "C-c", "[exit 130]"), ("fail", "Enter", "[exit 1]"), ("exit", "Enter", "[exit 7]")],
        [false, true])
    func `whichever way it ends, the terminal is as it was`(
        way: (argument: String, key: String, end: String), isSandboxed: Bool
    ) async throws {
        let (argument, key, end) = way
        try await onTerminal(argument, isSandboxed: isSandboxed) { tmux in
            try await tmux.wait(for: "25 %")
            try await tmux.type("Enter")
            try await tmux.wait(for: "50 %")
            try await tmux.type(key)
            let last = try await tmux.wait(for: end)
            #expect(last.contains(/status: .+\nprogress: \d+ %\n\[exit/), "\(last)")
            #expect(last.components(separatedBy: "status: ").count == 2)
            #expect(!last.contains("█"))
            #expect(last.contains("no such luck") == (argument == "fail"))
            #expect(try await tmux.hasCursor)
        }
    }

    @Test(arguments: [false, true])
    func `a second Ctrl-C ends it at once and leaves the terminal as it was`(isSandboxed: Bool) async throws {
        let command = try Command()
        try command.scratch.write(
            "stuck.lua",
            """
            local decart = require("decart")
            document.getElementById("progress").value = 25
            pcall(decart.sleep, 60000)
            print("cleaning up")
            decart.shield(decart.sleep, 60000)
            """)
        let tmux = try await Tmux(
            "'\(try Repository.program())' \(Self.walls(isSandboxed)) stuck.lua", scratch: command.scratch)
        try await tmux.wait(for: "25 %")
        try await tmux.type("C-c")
        try await tmux.wait(for: "cleaning up")
        try await tmux.type("C-c")
        let last = try await tmux.wait(for: "[exit 130]")
        #expect(last.hasSuffix("progress: 25 %\n[exit 130]"), "\(last)")
        #expect(try await tmux.hasCursor)
        await tmux.end()
    }

    /// What the keeper says has words of the script's in it.
    @Test func `a name that a script makes up does not drive the terminal`() async throws {
        let command = try Command()
        try command.scratch.write(
            "name.lua",
            #"""
            local decart = require("decart")
            decart.displayVideo(decart.blob("x", "video/mp4"), "\27]2;owned\7a.mp4")
            os.exit(0)
            """#)
        let outcome = try await command.runThroughShell(
            #"script -qec "'$1' --local --sandbox --ui none --allow-write=. --web name.lua" /dev/null"#)
        #expect(outcome.output.contains("saved a.mp4 (1 bytes)"), "\(outcome.output)\(outcome.errors)")
        #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\u{7}"))
    }

    @Test(arguments: [false, true])
    func `a terminal that can do nothing gets plain lines`(isSandboxed: Bool) async throws {
        let command = try Command()
        try command.scratch.write("plain.lua", #"document.getElementById("progress").value = 25"#)
        let tmux = try await Tmux(
            "TERM=dumb '\(try Repository.program())' \(Self.walls(isSandboxed)) plain.lua", scratch: command.scratch)
        #expect(try await tmux.wait(for: "[exit 0]") == "progress: 25 %\n[exit 0]")
        await tmux.end()
    }
}
