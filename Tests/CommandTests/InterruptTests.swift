import TestSupport
import Testing

/// Ctrl-C and SIGTERM, as a terminal or a supervisor sends them. The scripts say when they are where the signal is to
/// find them; nothing here waits for a time.
@Suite(.timeLimit(.minutes(5)))
struct InterruptTests {
    struct Ending {
        var exitCode: Int
        var output: String
        var errors: String
    }

    /// Runs the script, and sends it one of `signals` for each line it prints.
    private func interrupt(
        _ script: String, with signals: String, options: String = "", server: String = ""
    ) async throws -> Ending {
        let command = try Command()
        try command.scratch.write("script.lua", "io.stdout:setvbuf('no')\nlocal decart = require('decart')\n" + script)
        let outcome = try await command.runThroughShell(
            """
            mkfifo out url
            url=
            if [ -n "\(server)" ]; then
              "$1" serve \(server) > url & server=$!
              read -r url < url
            fi
            heeding "$1" \(options) ${url:+--base-url $url} script.lua > out 2> errors & run=$!
            exec 3< out
            for signal in \(signals); do read -r line <&3; kill -$signal $run; done
            cat <&3
            wait $run
            echo "exit $?"
            cat errors >&2
            if [ -n "$url" ]; then kill -TERM $server; wait $server; fi
            """)
        let parts = outcome.output.split(separator: "exit ", omittingEmptySubsequences: false)
        let code = try #require(parts.last.flatMap { Int($0.prefix { $0.isNumber }) })
        return Ending(exitCode: code, output: parts.dropLast().joined(), errors: outcome.errors)
    }

    @Test(arguments: [
        ("INT", 130), ("TERM", 143), ("HUP", 129), ("USR1", 138), ("USR2", 140), ("ALRM", 142), ("XCPU", 152),
        ("RTMIN", 162), ("RTMAX", 192),
    ])
    func `a sleeping run is cancelled, cleans up, and ends with the signal's status`(
        signal: String, status: Int
    ) async throws {
        let ending = try await interrupt(
            """
            decart.spawn(function()
              local _, e = pcall(decart.sleep, 1e9)
              decart.shield(decart.sleep, 10)
              print("cleaned up after " .. e.code)
            end)
            decart.sleep(1)
            print("ready")
            decart.sleep(1e9)
            """, with: signal)
        #expect(ending.exitCode == status)
        #expect(ending.output == "cleaned up after CANCELLED\n")
    }

    @Test func `a policy that is interrupted is not said to be wrong`() async throws {
        let ending = try await interrupt(
            """
            local client = decart.createDecartClient({})
            local id = client.queue.submit({ model = "lucy-pro-t2v", prompt = "x" }).job_id
            local first = true
            local ok, e = pcall(client.queue.poll, id, {
              policy = function() if first then print("ready") first = false end while true do end end,
            })
            print(ok, e.code, e.data.job_id == id)
            """, with: "INT", options: "--local")
        #expect(ending.output == "false\tCANCELLED\ttrue\n", "\(ending.errors)")
    }

    @Test func `the jobs are named before finalizers run`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            local client = decart.createDecartClient({ apiKey = "any" })
            left = setmetatable({}, { __gc = function() io.stderr:write("finalizer\\n") end })
            client.queue.submit({ model = "lucy-pro-t2v", prompt = "x" })
            """)
        let outcome = try await command.runThroughShell(
            """
            mkfifo url
            "$1" serve --pending 100000 > url & server=$!
            read -r url < url
            "$1" --base-url $url script.lua
            kill -TERM $server; wait $server
            """)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.last == "finalizer", "\(outcome.errors)")
        #expect(lines.contains { $0.contains("not finished") }, "\(outcome.errors)")
    }

    @Test func `a hang-up lets clean-up run, and names the job`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            io.stdout:setvbuf("no")
            local decart = require("decart")
            local client = decart.createDecartClient({ apiKey = "any" })
            local done <close> = setmetatable({}, { __close = function() print("closed") end })
            local id = client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") }).job_id
            client.queue.poll(id, { onPoll = function(job) if job.status == "pending" then print("ready") end end })
            """)
        let outcome = try await command.runThroughShell(
            """
            mkfifo out url
            "$1" serve --pending 100000 > url & server=$!
            read -r url < url
            "$1" --base-url $url script.lua > out 2> errors & run=$!
            exec 3< out
            read -r line <&3; kill -HUP $run
            cat <&3
            wait $run
            echo "exit $?"
            cat errors >&2
            kill -TERM $server; wait $server
            """)
        #expect(outcome.output == "closed\nexit 129\n")
        #expect(outcome.errors.contains("1 job is not finished or not fetched yet:\n  job_"))
        #expect(command.scratch.names == ["errors", "out", "script.lua", "url"])
    }

    @Test func `a run that is to outlive its terminal does`() async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            mkfifo out
            cat > script.lua <<'end'
            io.stdout:setvbuf("no")
            print("ready")
            repeat require("decart").sleep(1) until io.open("sent")
            print("done")
            end
            nohup "$1" script.lua > out 2>&1 & run=$!
            exec 3< out
            read -r line <&3; kill -HUP $run; : > sent
            cat <&3
            wait $run; echo "exit $?"
            """#)
        #expect(outcome.output.hasSuffix("done\nexit 0\n"), "\(outcome.everything)")
    }

    @Test func `what becomes busy only after the signal is stopped too`() async throws {
        let ending = try await interrupt(
            "print('ready')\npcall(decart.sleep, 1e9)\nwhile true do end", with: "INT")
        #expect(ending.exitCode == 130)
    }

    @Test(arguments: [
        "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
        "while true do pcall(function() while true do end end) end",
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
        "local t = setmetatable({}, { __index = function() while true do end end }) print(t.x)",
    ])
    func `a busy script is stopped where it is`(_ code: String) async throws {
        let ending = try await interrupt("print('ready')\n" + code, with: "INT")
        #expect(ending.exitCode == 130)
    }

    @Test func `a submit under way waits for its reply, so that its job is known`() async throws {
        let command = try Command()
        // The queue has the submit when it opens `hold`, and answers when it can read from it: that is after the run has
        // heard the signal.
        try command.scratch.write("scenario.lua", "return function() io.open('hold'):read() end")
        try command.scratch.write(
            "script.lua",
            """
            io.stdout:setvbuf("no")
            local decart = require("decart")
            local client = decart.createDecartClient({ apiKey = "any" })
            decart.spawn(function() if not pcall(decart.sleep, 1e9) then print("cancelled") end end)
            client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
            print("submitted")
            """)
        let outcome = try await command.runThroughShell(
            """
            mkfifo url hold out
            "$1" serve --scenario scenario.lua > url & server=$!
            read -r url < url
            heeding "$1" --base-url $url script.lua > out 2> errors & run=$!
            exec 3< out
            exec 4> hold
            kill -INT $run
            read -r line <&3
            echo "$line"
            echo >&4
            cat <&3
            wait $run
            echo "exit $?"
            cat errors >&2
            kill -TERM $server; wait $server
            """)
        #expect(outcome.output == "cancelled\nexit 130\n", "\(outcome.everything)")
        #expect(outcome.errors.contains("1 job is not finished or not fetched yet:\n  job_"), "\(outcome.everything)")
    }

    @Test func `a second one ends the run at once, and the jobs are told all the same`() async throws {
        let ending = try await interrupt(
            """
            local client = decart.createDecartClient({ apiKey = "any" })
            client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
            decart.spawn(function()
              pcall(decart.sleep, 1e9)
              print("cleaning up")
              decart.shield(decart.sleep, 1e9)
            end)
            decart.sleep(1)
            print("ready")
            decart.sleep(1e9)
            """, with: "INT INT", server: "--latency 1")
        #expect(ending.exitCode == 130)
        #expect(ending.errors.contains("1 job is not finished or not fetched yet:\n  job_"))
    }

    @Test(arguments: [("INT", 130), ("TERM", 143)])
    func `a program that is waited for ends, and the script does not go on`(signal: String, status: Int) async throws {
        let nap = Self.nap()
        let ending = try await interrupt(
            """
            decart.exec({ "sh", "-c", "echo ready > out; sleep \(nap) & wait" })
            print("went on")
            """, with: signal)
        #expect(ending.exitCode == status)
        #expect(ending.output == "")
        try await Self.untilGone(nap)
    }

    /// How long a program of one test's own is to sleep, by which it is known among all that run on this machine.
    private static func nap() -> String { String(UInt32.random(in: 100_000_000...999_999_999)) }

    /// One that is just being ended may still be there for a moment; one that is left is there until the time limit.
    private static func untilGone(_ nap: String) async throws {
        _ = try await ChildProgram("sh").run([
            "-c", "while grep -qsa '[s]leep.\(nap)' /proc/[0-9]*/cmdline; do :; done",
        ])
    }

    /// Where a script is inside a call of Lua's own that waits for the world.
    @Test(arguments: [
        ("os.execute('echo ready; sleep 86400004; true')", "INT", 130),
        ("os.execute('echo ready; sleep 86400004; true')", "TERM", 143),
        // What the program does about the signal is its own affair.
        ("os.execute('trap : TERM INT; echo ready; while :; do sleep 86400004; done')", "TERM", 143),
        ("io.popen('echo ready >&2; sleep 86400004; true'):read('a')", "INT", 130),
        ("io.popen('sleep 86400004; true'):close()", "TERM", 143),
        ("local f = io.popen('sleep 86400004; true') print('ready') decart.sleep(1e9) f:close()", "TERM", 143),
        ("local f = io.popen('cat >/dev/null; sleep 86400004', 'w') print('ready') decart.sleep(1e9)", "INT", 130),
        ("print('ready') io.read()", "INT", 130), ("print('ready') io.open('out2', 'w')", "TERM", 143),
    ])
    func `a call of Lua's own that waits is ended, clean-up runs, and no program is left`(
        call: String, signal: String, status: Int
    ) async throws {
        let command = try Command()
        let nap = Self.nap()
        try command.scratch.write(
            "script.lua",
            """
            io.stdout:setvbuf("no")
            local decart = require("decart")
            local last <close> = setmetatable({}, { __close = function() print("closed") end })
            local ready = \(call.contains("ready") ? "nil" : "print('ready')")
            \(call.replacing("86400004", with: nap))
            print("went on")
            """)
        // Nobody writes to `in`, which stays open, and nobody reads `out2`.
        let outcome = try await command.runThroughShell(
            """
            mkfifo in out out2
            exec 4<>in
            heeding "$1" script.lua <in >out 2>&1 & run=$!
            exec 3<out
            read -r line <&3
            kill -\(signal) $run
            cat <&3
            wait $run
            echo "exit $?"
            """)
        // Where it was is said in between.
        #expect(outcome.output.contains("closed\n"), "\(outcome.output)")
        #expect(outcome.output.hasSuffix("exit \(status)\n"), "\(outcome.output)")
        #expect(!outcome.output.contains("went on"))
        try await Self.untilGone(nap)
    }

    @Test(arguments: ["INT", "TERM", "QUIT", "USR1"])
    func `a signal that was to be ignored is ignored`(signal: String) async throws {
        let outcome = try await Command().runThroughShell(
            #"""
            mkfifo out
            cat > script.lua <<'end'
            io.stdout:setvbuf("no")
            print("ready")
            repeat require("decart").sleep(1) until io.open("sent")
            print("done")
            end
            (trap '' \#(signal); exec "$1" script.lua > out 2>&1) & run=$!
            exec 3< out
            read -r line <&3; kill -\#(signal) $run; : > sent
            cat <&3
            wait $run; echo "exit $?"
            """#)
        #expect(outcome.output.hasSuffix("done\nexit 0\n"), "\(outcome.everything)")
    }

    @Test(arguments: [("INT", 130), ("TERM", 143)])
    func `a script that waits for a line does not go on`(signal: String, status: Int) async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            io.stdout:setvbuf("no")
            print("ready")
            print(decart.readLine())
            """)
        // Nobody writes to `in`, which stays open.
        let outcome = try await command.runThroughShell(
            """
            mkfifo in out
            exec 4<>in
            heeding "$1" script.lua <in >out & run=$!
            exec 3<out
            read -r line <&3
            kill -\(signal) $run
            cat <&3
            wait $run
            echo "exit $?"
            """)
        #expect(outcome.output == "exit \(status)\n")
    }

    @Test func `one long call of a library's is told with its line, and the process ends`() async throws {
        let ending = try await interrupt(
            """
            print("ready")
            string.find(("a"):rep(60), ("a*"):rep(30) .. "b")
            """, with: "INT")
        #expect(ending.exitCode == 130)
        #expect(ending.errors.contains("script.lua:4: the script is inside one long call of a library's"))
    }
}
