import Foundation
import SandboxKeeper
import SandboxWalls
import ScriptPermissions
import TestSupport
import Testing

@testable import decart_lua

/// What a user at a terminal is asked under `--sandbox`.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(10)))
struct SandboxPromptTests {
    private static let question = "The script wants to "

    private func onTerminal(
        _ script: String, _ options: String = "", in command: Command? = nil,
        _ body: (Tmux, Command) async throws -> Void
    ) async throws {
        let command = try command ?? Command()
        try command.scratch.write("script.lua", script)
        let tmux = try await Tmux(
            "'\(try Repository.program())' --sandbox \(options) script.lua", columns: 100, rows: 24,
            scratch: command.scratch)
        do {
            try await body(tmux, command)
        } catch {
            await tmux.end()
            throw error
        }
        await tmux.end()
    }

    private func answer(_ key: String, to text: String, on tmux: Tmux) async throws {
        let screen = try await tmux.wait(for: "the question with '\(text)'") {
            $0.contains(Self.question) && $0.contains(text)
        }
        // It has the screen for itself.
        #expect(screen.hasPrefix(Self.question), "\(screen)")
        if !key.isEmpty { try await tmux.type("-l", key) }
        try await tmux.type("Enter")
        try await tmux.wait(for: "the screen without it") { !($0.contains(Self.question) && $0.contains(text)) }
    }

    @Test func `a file is opened once, always or not, as the user says`() async throws {
        let command = try Command()
        for name in ["once", "always", "no", "nothing"] { try command.scratch.write(name, name) }
        try await onTerminal(
            """
            print("begun")
            for _, name in ipairs({ "once", "always", "always", "no", "no", "nothing", "once" }) do
              local ok, file = pcall(io.open, name)
              print(ok, ok and file:read("a") or file.code)
            end
            print(pcall(io.open, "nowhere"))
            """, in: command
        ) { tmux, command in
            let folder = URL(fileURLWithPath: command.scratch.path).resolvingSymlinksInPath().path
            try await answer("o", to: "read the file\n\n\"\(folder)/once\"", on: tmux)
            try await answer("always", to: "/always\"", on: tmux)
            try await answer("n", to: "/no\"", on: tmux)
            // Only Enter is no.
            try await answer("", to: "/nothing\"", on: tmux)
            try await answer("O", to: "/once\"", on: tmux)
            try await answer("o", to: "/nowhere\"", on: tmux)
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(
                screen == """
                    begun
                    true    once
                    true    always
                    true    always
                    false   PERMISSION_DENIED
                    false   PERMISSION_DENIED
                    false   PERMISSION_DENIED
                    true    once
                    true    nil     nowhere: No such file or directory      2
                    [exit 0]
                    """)
        }
    }

    @Test func `every way to open a file asks, and writes to exactly that one`() async throws {
        let command = try Command()
        // Each its own: one question is told from the next by its name.
        for name in ["in1", "in2", "in3"] { try command.scratch.write(name, "one\ntwo\n") }
        try command.scratch.write("code.lua.txt", "return 42")
        try await onTerminal(
            """
            local decart = require("decart")
            for line in io.lines("in1") do io.write(line, " ") end
            print(io.input("in2"):read("a") == "one\\ntwo\\n", io.read("a") == "")
            print(io.output("out1"):write("written"):close())
            io.output(io.stdout)
            print(decart.fs.read("in3") == "one\\ntwo\\n", loadfile("code.lua.txt")())
            decart.fs.write("out2", "again")
            decart.fs.append("out3", "more")
            decart.blob("bytes", "text/plain"):save("out4")
            """, in: command
        ) { tmux, command in
            for (name, verb) in [
                ("in1", "read"), ("in2", "read"), ("out1", "write"), ("in3", "read"), ("code.lua.txt", "read"),
                ("out2", "write"), ("out3", "write"), ("out4", "write"),
            ] {
                try await answer("o", to: "\(verb) the file\n\n\"\(command.scratch.path)/\(name)\"", on: tmux)
            }
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(screen.contains("one two true    true\n") && screen.contains("true    42"), "\(screen)")
            let written = ["out1", "out2", "out3", "out4"].map { command.scratch.text($0) }
            #expect(written == ["written", "again", "more", "bytes"])
        }
    }

    @Test func `an answer typed before the question is none, and Ctrl-D is no`() async throws {
        let command = try Command()
        try command.scratch.write("a", "a")
        try await onTerminal(
            """
            local decart = require("decart")
            print("waiting")
            repeat decart.sleep(5) until decart.fs.exists("go/now")
            print(select(2, pcall(io.open, "a")).code)
            print(select(2, pcall(io.open, "script.lua")).code)
            """, "--allow-read=go",
            in: {
                try command.scratch.write("go/x", "")
                return command
            }()
        ) { tmux, command in
            try await tmux.wait(for: "waiting")
            try await tmux.type("-l", "always")
            try await tmux.wait(for: "waiting\nalways")
            try command.scratch.write("go/now", "")
            try await answer("", to: "/a\"", on: tmux)
            try await tmux.wait(for: "/script.lua\"")
            try await tmux.type("C-d")
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(screen.hasSuffix("PERMISSION_DENIED\nPERMISSION_DENIED\n[exit 0]"), "\(screen)")
        }
    }

    @Test func `what a task prints waits until the question is answered, and so does what is typed for it`()
        async throws
    {
        let command = try Command()
        try command.scratch.write("a", "a")
        try await onTerminal(
            """
            local decart = require("decart")
            io.stdout:setvbuf("no")
            decart.spawn(function()
              repeat decart.sleep(1) until decart.fs.exists("a.lock/x")
              print("from a task")
            end)
            print(decart.fs.read("a"))
            print(decart.readLine())
            """, "--allow-read=a.lock",
            in: {
                try command.scratch.write("a.lock/y", "")
                return command
            }()
        ) { tmux, command in
            try await tmux.wait(for: "/a\"")
            try command.scratch.write("a.lock/x", "")
            #expect(!(try await tmux.screen).contains("from a task"))
            try await answer("o", to: "/a\"", on: tmux)
            try await tmux.wait(for: "what both print") { $0.contains("from a task") && $0.hasSuffix("\na") }
            try await tmux.type("-l", "a line")
            try await tmux.type("Enter")
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(screen.contains("a line\na line\n[exit 0]"), "\(screen)")
        }
    }

    @Test func `Ctrl-C at a question ends the run and gives the terminal back`() async throws {
        let command = try Command()
        try command.scratch.write("a", "a")
        try await onTerminal(
            """
            local guard <close> = setmetatable({}, { __close = function() print("cleaned up") end })
            print("before")
            print(pcall(io.open, "a"))
            require("decart").sleep(600000)
            """, in: command
        ) { tmux, _ in
            try await tmux.wait(for: "/a\"")
            try await tmux.type("C-c")
            let screen = try await tmux.wait(for: "[exit 130]")
            #expect(screen.hasPrefix("before\n") && screen.contains("cleaned up\n"), "\(screen)")
            #expect(!screen.contains(Self.question))
        }
    }

    @Test func `a host is asked for, and the audit has what was said yes to`() async throws {
        try await EchoServer.with { url, server in
            let port = url.split(separator: ":").last.map(String.init) ?? ""
            try await onTerminal(
                """
                local decart = require("decart")
                print(decart.fetch("\(url)/a").status, decart.fetch("\(url)/b").status)
                """, "--audit used.jsonl"
            ) { tmux, command in
                try await answer("a", to: "talk to the host\n\n\"127.0.0.1:\(port)\"", on: tmux)
                let screen = try await tmux.wait(for: "[exit 0]")
                #expect(screen.hasPrefix("200     200\n"), "\(screen)")
                #expect(command.scratch.text("used.jsonl")?.contains("127.0.0.1:\(port)") == true)
            }
            #expect(server.requests.map(\.path) == ["/a", "/b"])
        }
    }

    @Test(arguments: [
        ("--no-prompt", ""), ("", "</dev/null"), ("", "2>errors"), ("--deny-read=a", ""), ("--deny-read", ""),
    ])
    func `nobody is asked`(_ option: String, _ redirection: String) async throws {
        let command = try Command()
        try command.scratch.write("a", "a")
        try await onTerminal(
            "print(select(2, pcall(io.open, 'a')).code)", "\(option) \(redirection)", in: command
        ) { tmux, _ in
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(screen == "PERMISSION_DENIED\n[exit 0]")
        }
    }

    @Test func `programs are not asked for`() async throws {
        try await onTerminal("print(select(2, pcall(os.execute, 'true')).code)") { tmux, _ in
            let screen = try await tmux.wait(for: "[exit 0]")
            #expect(screen == "PERMISSION_DENIED\n[exit 0]")
        }
    }

    // MARK: What is shown

    private func shown(_ bytes: [UInt8]) -> String { QuestionText.escaped(bytes) }

    @Test(arguments: [
        ("/a b", "\"/a b\""), ("/\u{1B}[2J\n", "\"/\\u{1B}[2J\\u{0A}\""), ("/a\"\\", "\"/a\\\"\\\\\""),
        ("/\u{202E}gpj", "\"/\\u{202E}gpj\""), ("/x\u{200B}y", "\"/x\\u{200B}y\""), ("/Übung/映像", "\"/Übung/映像\""),
        ("/\u{5D0}", "\"/\\u{5D0}\""), ("/\u{9B}31m", "\"/\\u{9B}31m\""), ("/e\u{301}", "\"/e\\u{301}\""),
        ("/\u{115F}", "\"/\\u{115F}\""),
    ])
    func `a name can do nothing to the screen, and hides nothing`(_ name: String, _ shown: String) {
        #expect(QuestionText.escaped(Array(name.utf8)) == shown)
    }

    @Test func `bytes that are no text are shown as bytes`() {
        #expect(QuestionText.escaped([0x2F, 0xFF, 0xC3, 0x61, 0x5C]) == "\"/\\xFF\\xC3a\\\\\"")
    }

    @Test func `a name that does not fit on the screen is not asked about`() {
        let long = PermissionQuestion(kinds: [.read], what: Array("/".utf8) + Array(repeating: 0x61, count: 3000))
        #expect(QuestionText.text(long, columns: 80, rows: 24) == nil)
        #expect(QuestionText.text(long, columns: 200, rows: 60)?.contains("aaa") == true)
        #expect(QuestionText.text(long, columns: 80, rows: 5) == nil)
    }
}
