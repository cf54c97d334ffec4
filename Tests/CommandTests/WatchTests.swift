import Foundation
import TestSupport
import Testing

/// `--watch`, as a person who edits files sees it. The scripts say when they are where a file is to change; nothing here
/// waits for a time.
@Suite(.timeLimit(.minutes(5)))
struct WatchTests {
    /// Runs `steps` in a shell beside the program, whose output they read from descriptor 3, line by line; then Ctrl-C.
    private func watch(
        _ command: Command, _ words: String, _ steps: String, signal: String = "INT"
    ) async throws -> Command.Outcome {
        try await command.runThroughShell(
            """
            mkfifo out
            heeding "$1" \(words) > out 2> errors & run=$!
            exec 3< out
            wait_for() { while read -r line <&3; do echo "$line"; [ "$line" = "$*" ] && return; done; exit 9; }
            \(steps)
            kill -\(signal) $run
            cat <&3
            wait $run
            echo "status $?"
            cat errors >&2
            """)
    }

    private static let script = """
        io.stdout:setvbuf("no")
        print("script " .. require("sub.module"))
        """

    @Test(arguments: ["", "--sandbox", "--sandbox --allow-read=."])
    func `a script runs again when it or a module of its changes, and Ctrl-C ends the watch`(
        walls: String
    ) async throws {
        let command = try Command()
        try command.scratch.write("script.lua", Self.script)
        try command.scratch.write("sub/module.lua", "return 'one'")
        let outcome = try await watch(
            command, "--local \(walls) --watch script.lua",
            """
            wait_for script one
            echo "return 'two'" > sub/module.lua
            wait_for script two
            sed 's/script/Script/' script.lua > new && mv new script.lua
            wait_for Script two
            """)
        #expect(outcome.output == "script one\nscript two\nScript two\nstatus 130\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("sub/module.lua has changed"), "\(outcome.errors)")
    }

    @Test func `a mistake is shown, and mended by the next change`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "io.stdout:setvbuf('no') print('one') require('module')")
        try command.scratch.write("module.lua", "print('loaded') error('broken')")
        let outcome = try await watch(
            command, "--local --watch script.lua",
            """
            wait_for loaded
            echo "print('mended')" > module.lua
            wait_for mended
            """)
        #expect(outcome.output == "one\nloaded\none\nmended\nstatus 130\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("module.lua:1: broken"), "\(outcome.errors)")
    }

    @Test(arguments: ["decart.sleep(1e9)", "while true do end", "os.exit(3)"])
    func `a script that goes on is stopped first, and one that leaves is none the less watched`(
        rest: String
    ) async throws {
        let command = try Command()
        let script = "local decart = require('decart') io.stdout:setvbuf('no') print('one') \(rest)"
        try command.scratch.write("script.lua", script)
        let outcome = try await watch(
            command, "--local --watch script.lua",
            """
            wait_for one
            echo "print('two')" > script.lua
            wait_for two
            """, signal: "TERM")
        #expect(outcome.output == "one\ntwo\nstatus 143\n", "\(outcome.errors)")
    }

    @Test func `tests run again, and new ones are found`() async throws {
        let command = try Command()
        try command.scratch.write("sum.lua", "return 1")
        try command.scratch.write(
            "sum_test.lua", "it('adds', function() assert.equal(2, dofile('sum.lua')) end)")
        let outcome = try await watch(
            command, "test --tap --watch",
            """
            wait_for ...
            echo "return 2" > sum.lua
            wait_for ok 1 - sum_test.lua: adds
            echo "it('is new', function() end)" > new_test.lua
            wait_for 1..2
            """)
        #expect(outcome.output.contains("not ok 1"), "\(outcome.everything)")
        #expect(outcome.output.hasSuffix("status 130\n"), "\(outcome.everything)")
    }

    @Test func `with a real key a job that was paid for is found again, and not paid twice`() async throws {
        let command = try Command()
        try command.scratch.write("clip.mp4", "a clip")
        let script = """
            local client = require("decart").createDecartClient()
            io.stdout:setvbuf("no")
            local job = client.queue.submit({ model = "lucy-restyle-2", data = "clip.mp4", prompt = "x", maxSeconds = 3 })
            print("submitted", job.replayed)
            """
        try command.scratch.write("script.lua", script)
        let outcome = try await command.runThroughShell(
            """
            mkfifo out url
            "$1" serve --pending 1e9 > url & server=$!
            read -r url < url
            heeding "$1" --watch --cap 1 --base-url $url --journal jobs.sqlite script.lua > out 2> errors & run=$!
            exec 3< out
            read -r line <&3; echo "$line"
            echo "-- changed" >> script.lua
            read -r line <&3; echo "$line"
            kill -INT $run
            wait $run
            echo "status $?"
            kill -TERM $server
            wait $server
            "$1" jobs --journal jobs.sqlite --json | grep -o '"jobId"' | wc -l
            """)
        let lines = outcome.output.split(separator: "\n").map { $0.replacing(/\s+/, with: " ") }
        #expect(lines.first?.hasPrefix("submitted") == true && lines.first != "submitted true")
        #expect(lines.dropFirst() == ["submitted true", "status 130", "1"], "\(outcome.everything)")
    }
}
