import TestSupport
import Testing

/// Waits for what is outside of the program: a line of input, another program.
@Suite(.timeLimit(.minutes(5)))
struct OutsideWorldTests {
    @Test func `timers go on while a line of piped input is waited for`() async throws {
        let command = try Command()
        // The line comes from a timer itself: if timers stood still, it would never come.
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            local ticks, id = 0, nil
            id = setInterval(function()
              ticks = ticks + 1
              if ticks == 3 then io.open("pipe", "a"):write("hello\\n"):close() end
            end, 1)
            local line = decart.readLine()
            clearInterval(id)
            print(line, ticks >= 3)
            """)
        let outcome = try await command.runThroughShell("mkfifo pipe && exec \"$1\" script.lua <>pipe")
        #expect(outcome.everything == "hello\ttrue\n")
    }

    @Test func `lines come one by one, the last without its end, then nil`() async throws {
        let outcome = try await Command().run(
            "-e", "for _ = 1, 4 do print(decart.readLine()) end", input: "one\n\nthree")
        #expect(outcome.everything == "one\n\nthree\nnil\n")
    }

    @Test(arguments: ["", "not/here"])
    func `a program gets its input also where TMPDIR is no whole path`(_ folder: String) async throws {
        var command = try Command()
        command.environment["TMPDIR"] = folder
        let outcome = try await command.run("-e", "print(decart.exec({ 'cat' }, { stdin = 'in' }).stdout)")
        #expect(outcome.everything == "in\n")
    }

    @Test func `input that cannot be kept for a program is told with the folder`() async throws {
        var command = try Command()
        command.environment["TMPDIR"] = "/nowhere/at/all"
        let outcome = try await command.run("-e", "print(pcall(decart.exec, { 'cat' }, { stdin = 'in' }))")
        #expect(outcome.output.contains("cannot run 'cat': its input cannot be written to a file in /nowhere/at/all: "))
    }

    @Test func `a program is gone once its task was cancelled`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            local task = decart.spawn(function()
              return decart.exec({ "sh", "-c", "echo $$ >pid.new; mv pid.new pid; exec sleep 600" })
            end)
            local file
            repeat
              decart.sleep(1)
              file = io.open("pid")
            until file
            local pid = file:read("l")
            print((os.execute("kill -0 " .. pid)))
            task:cancel()
            print(select(2, pcall(task.await, task)).code, (os.execute("kill -0 " .. pid .. " 2>/dev/null")))
            """)
        let outcome = try await command.run("script.lua")
        #expect(outcome.everything == "true\nCANCELLED\tnil\n")
    }
}
