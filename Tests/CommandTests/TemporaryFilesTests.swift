import TestSupport
import Testing

/// However a run ends, its temporary files go with it.
@Suite(.timeLimit(.minutes(5)))
struct TemporaryFilesTests {
    /// Uploads a file, which the queue on this machine keeps in its folder, and then does `rest`.
    private static func script(_ rest: String) -> String {
        """
        local decart = require("decart")
        io.stdout:setvbuf("no")
        local client = decart.createDecartClient({ apiKey = "any" })
        client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
        print(#io.popen("ls -A tmp"):read("a") > 0 and "kept" or "nothing kept")
        \(rest)
        """
    }

    /// What a run that was ended by `line` has left in its temporary folder. The script is "script.lua", and what it
    /// prints can be read from descriptor 3.
    private func left(after line: String, _ script: String) async throws -> ChildProgram.Outcome {
        let command = try Command()
        try command.scratch.write("script.lua", script)
        return try await command.runThroughShell(
            """
            mkdir tmp
            export TMPDIR=$PWD/tmp
            mkfifo out
            \(line)
            ls -A tmp
            """)
    }

    @Test(arguments: [
        ("", 0), ("error('no')", 1), ("os.exit(3)", 3), ("os.exit(3, true)", 3),
        ("decart.spawn(function() os.exit(4) end) decart.sleep(1e9)", 4),
        ("coroutine.wrap(function() os.exit(5) end)()", 5),
    ])
    func `a run leaves no temporary files, however its script ends it`(rest: String, status: Int) async throws {
        let outcome = try await left(
            after: "\"$1\" --local script.lua 2> errors; echo $?", Self.script(rest))
        #expect(outcome.output == "kept\n\(status)\n")
    }

    @Test(arguments: [["INT"], ["TERM"], ["HUP"], ["USR1"], ["ALRM"], ["INT", "INT"], ["TERM", "HUP"]])
    func `a run leaves no temporary files, whatever signal ends it`(signals: [String]) async throws {
        // Each signal is sent when the script has printed a line; cleaning up needs another one to end.
        let script = Self.script(
            """
            decart.spawn(function()
              pcall(decart.sleep, 1e9)
              if \(signals.count) == 2 then print("cleaning up") decart.shield(decart.sleep, 1e9) end
            end)
            decart.sleep(1e9)
            """)
        let outcome = try await left(
            after: """
                heeding "$1" --local script.lua > out 2> errors & run=$!
                exec 3< out
                for signal in \(signals.joined(separator: " ")); do read -r line <&3; kill -$signal $run; done
                cat <&3
                wait $run
                """, script)
        #expect(outcome.output == "")
    }

    @Test func `a run leaves no temporary files when nobody reads its output`() async throws {
        let outcome = try await left(
            after: "\"$1\" --local script.lua 2> errors | head -1",
            Self.script("while true do print('more') decart.sleep(1) end"))
        #expect(outcome.output == "kept\n")
    }

    @Test func `a run that cannot start leaves no temporary files`() async throws {
        let outcome = try await left(
            after: "\"$1\" --local --web --page nowhere.html script.lua 2> errors; echo $?", Self.script(""))
        #expect(outcome.output == "1\n")
    }

    @Test(arguments: ["INT", "TERM", "HUP"])
    func `a test run leaves no temporary files when it is interrupted`(signal: String) async throws {
        let test = """
            local decart = require("decart")
            it("waits", function()
              local client = decart.createDecartClient({ apiKey = "any" })
              client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
              io.open("out", "w"):write("ready\\n"):close()
              while true do end
            end)
            """
        let outcome = try await left(
            after: """
                mv script.lua script_test.lua
                exec 3<> out
                heeding "$1" test --timeout 600000 script_test.lua > report 2>&1 & run=$!
                read -r line <&3
                ls tmp | wc -l
                kill -\(signal) $run
                wait $run
                """, test)
        #expect(outcome.output == "1\n")
    }

    @Test func `a serving queue leaves no temporary files, and neither does one that was killed before`() async throws {
        let outcome = try await left(
            after: """
                for signal in KILL TERM; do
                  "$1" serve > out & server=$!
                  read -r url < out
                  "$1" --base-url $url script.lua
                  ls tmp | wc -l
                  kill -$signal $server
                  wait $server
                done
                """, Self.script(""))
        // The second server has found the first one's folder and made its own.
        #expect(outcome.output == "kept\n1\nkept\n1\n")
    }
}
