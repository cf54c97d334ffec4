import Testing

/// Ctrl-C and SIGTERM, as a terminal or a supervisor sends them. The scripts say when they are where the signal is to
/// find them; nothing here waits for a time.
@Suite(.timeLimit(.minutes(2)))
struct InterruptTests {
    struct Ending {
        var exitCode: Int
        var output: String
        var errors: String
    }

    /// Runs the script, and sends it one of `signals` for each line it prints.
    private func interrupt(_ script: String, with signals: String, options: String = "", server: String = "") async throws -> Ending {
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
            "$1" \(options) ${url:+--base-url $url} script.lua > out 2> errors & run=$!
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

    @Test(arguments: [("INT", 130), ("TERM", 143)])
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
        let ending = try await interrupt(
            """
            local client = decart.createDecartClient({ apiKey = "any" })
            setTimeout(function() print("ready") end, 300)
            client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
            print("submitted")
            """, with: "INT", server: "--latency 2500")
        #expect(ending.exitCode == 130)
        #expect(ending.errors.contains("1 job is not finished or not fetched yet:\n  job_"))
        #expect(ending.output == "")
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
