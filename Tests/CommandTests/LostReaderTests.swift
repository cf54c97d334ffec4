import TestSupport
import Testing

/// Output whose reader goes away, as with `| head -1`. The script prints without end: only the missing reader ends it.
@Suite(.timeLimit(.minutes(5)))
struct LostReaderTests {
    private static let request = """
        local client = decart.createDecartClient({ apiKey = "any" })
        pcall(client.queue.status, "job_none")
        """
    private static let job = """
        local client = decart.createDecartClient({ apiKey = "any" })
        client.queue.submit({ model = "lucy-2.5", data = decart.blob("x", "video/mp4") })
        """
    private static let printing = "while true do print('line') decart.sleep(1) end"

    private func run(
        _ script: String, options: String = "", server: String = "--latency 1"
    ) async throws -> (status: String, errors: String) {
        let command = try Command()
        try command.scratch.write("script.lua", "local decart = require('decart')\n" + script)
        let outcome = try await command.runThroughShell(
            """
            mkfifo url
            "$1" serve \(server) > url & server=$!
            read -r url < url
            { "$1" \(options.isEmpty ? "--base-url $url" : options) script.lua 2> errors; echo $? > status; } | head -1
            cat status
            cat errors >&2
            kill -TERM $server; wait $server
            """)
        #expect(outcome.exitCode == 0)
        return (outcome.output, outcome.errors)
    }

    @Test(arguments: ["", request])
    func `a run without jobs ends at once, before and after a request`(script: String) async throws {
        for options in ["", "--local"] {
            let outcome = try await run("\(script)\n\(Self.printing)", options: options)
            #expect(outcome.status == "line\n141\n")
            #expect(outcome.errors == "")
        }
    }

    @Test func `a run with a job is cancelled, cleans up, and names the job`() async throws {
        let outcome = try await run(
            """
            \(Self.job)
            decart.spawn(function()
              local _, e = pcall(decart.sleep, 1e9)
              decart.shield(decart.sleep, 10)
              io.stderr:write("cleaned up after ", e.code, "\\n")
            end)
            \(Self.printing)
            """)
        #expect(outcome.status == "line\n141\n")
        #expect(outcome.errors.hasPrefix("cleaned up after CANCELLED\n"), "\(outcome.errors)")
        #expect(outcome.errors.contains("1 job is not finished or not fetched yet:\n  job_"))
    }

    /// The reader is gone before the one line is written, which is when the script has ended.
    @Test(arguments: ["", "os.exit(0)", "os.exit(true, true)"])
    func `what cannot be written at the end is not a success`(end: String) async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            \(Self.job)
            repeat decart.sleep(1) until io.open("gone")
            print("line")
            \(end)
            """)
        let outcome = try await command.runThroughShell(
            """
            mkfifo url
            "$1" serve --latency 1 > url & server=$!
            read -r url < url
            { "$1" --base-url $url script.lua; echo $? > status; } | { exec <&-; : > gone; }
            cat status
            kill -TERM $server; wait $server
            """)
        #expect(outcome.output == "141\n")
        #expect(outcome.errors.contains("1 job is not finished or not fetched yet:\n  job_"), "\(outcome.errors)")
    }

    @Test(arguments: ["jobs", "jobs --json", "jobs export", "spend", "spend --day", "spend --json", "models", "help"])
    func `a command whose reader has gone ends with 141`(words: String) async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let added = try await command.run("jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "x")
        #expect(added.exitCode == 0, "\(added.everything)")
        let outcome = try await command.runThroughShell(
            """
            { until [ -e gone ]; do :; done; "$1" \(words); echo $? > status; } | { exec <&-; : > gone; }
            cat status
            """)
        #expect(outcome.everything == "141\n")
    }

    @Test(arguments: [
        "-e 'print(1)'", "-e 'print(1) os.exit()'", "-e 'print((\"x\"):rep(1e5))'", "--help", "help", "help --markdown",
        "types", "completion bash", "test x_test.lua", "lab --jobs 5 p.lua",
    ])
    func `output for which there is no room is not a success, and that is said`(words: String) async throws {
        let command = try Command()
        try command.scratch.write("x_test.lua", "it('x', function() end)")
        try command.scratch.write("p.lua", "return function() return 1000 end")
        let outcome = try await command.runThroughShell("\"$1\" \(words) > /dev/full; echo $?")
        #expect(outcome.output == "1\n")
        #expect(outcome.errors.contains("cannot be written") || outcome.errors.contains("could be written"))
        // A script that means to fail says so in its own way.
        #expect(try await command.runThroughShell("\"$1\" -e 'print(1) os.exit(3)' > /dev/full").exitCode == 3)
    }

    @Test func `without a standard output there is nothing to fail`() async throws {
        let outcome = try await Command().runThroughShell(
            #""$1" --local -e 'print(1) io.stderr:write(tostring(io.read("a")))' <&- >&-; echo $?"#)
        #expect(outcome.everything == "0\n")
    }

    @Test func `a program that does not read what it is fed does not end the run`() async throws {
        let outcome = try await Command().run(
            "-e",
            """
            local pipe = io.popen("exec 0<&-; echo ready; sleep 0.01", "w")
            for _ = 1, 100 do pipe:write(("x"):rep(100000)) end
            pipe:close()
            print("still here")
            """)
        #expect(outcome.output == "ready\nstill here\n")
        #expect(outcome.exitCode == 0)
    }

    @Test func `programs that the script starts end as they do elsewhere`() async throws {
        let command = try Command()
        try command.scratch.write("pipe.sh", "yes | head -1; echo ${PIPESTATUS[0]}")
        let outcome = try await command.run("--local", "-e", "\(Self.request)\nos.execute('bash pipe.sh')")
        #expect(outcome.output == "y\n141\n")
    }
}
