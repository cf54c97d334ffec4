import SandboxWalls
import TestSupport
import Testing

/// Tests and policies of strangers.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(10)))
struct SandboxedCommandTests {
    private static let tests = """
        local helper = require("helper")
        local function denied(f, ...)
          local ok, e = pcall(f, ...)
          assert.is_false(ok)
          assert.equal("PERMISSION_DENIED", e.code)
        end
        describe("behind walls", function()
          it("loads what is beside it", function()
            assert.equal(42, helper.answer)
            assert.equal(42, dofile("helper.lua").answer)
          end)
          it("may do nothing else", function()
            denied(io.open, ".env")
            denied(io.open, "new", "w")
            denied(os.execute, "true")
            denied(require("decart").fs.read, ".env")
            assert.is_nil(os.getenv("DECART_API_KEY"))
            assert.is_nil(os.getenv("HOME"))
          end)
          it("has its queue and its clock", function()
            local decart = require("decart")
            local client = decart.createDecartClient()
            local blob = decart.blob("x", "video/mp4", "x.mp4")
            local outcome = client.queue.submitAndPoll({ model = "lucy-restyle-2", data = blob, prompt = "x" })
            assert.equal("completed", outcome.status)
          end)
          it("fails where it fails", function()
            assert.equal(1, 2)
          end)
        end)
        """

    private func command() throws -> Command {
        let command = try Command()
        try command.scratch.write("t/strange_test.lua", Self.tests)
        try command.scratch.write("t/helper.lua", "return { answer = 42 }")
        try command.scratch.write("t/.env", "KEY=1")
        return command
    }

    @Test func `tests run behind walls, with Lua beside them`() async throws {
        let command = try command()
        for words in [["t"], ["t/strange_test.lua"]] {
            let outcome = try await command.run(["test", "--sandbox", "--tap"] + words)
            #expect(outcome.exitCode == 1, "\(outcome.everything)")
            let lines = outcome.output.split(separator: "\n").filter { $0.contains("ok ") }
            #expect(lines.map { $0.hasPrefix("ok") } == [true, true, true, false], "\(outcome.everything)")
            #expect(outcome.output.contains("strange_test.lua:28"), "\(outcome.everything)")
        }
    }

    @Test func `a filter, nothing to run and a wrong word are told as ever`() async throws {
        let command = try command()
        let picked = try await command.run("test", "--sandbox", "--filter", "loads what", "t")
        #expect(picked.exitCode == 0, "\(picked.everything)")
        let none = try await command.run("test", "--sandbox", "--filter", "nowhere", "t")
        #expect(none.exitCode == 2 && none.errors.contains("--filter"), "\(none.everything)")
        let nowhere = try await command.run("test", "--sandbox", "nowhere")
        #expect(nowhere.exitCode == 2 && nowhere.errors.contains("no file or folder"), "\(nowhere.everything)")
        let watched = try await command.run("test", "--sandbox", "--watch", "t")
        #expect(watched.exitCode == 2 && watched.errors.contains("--watch cannot be had"), "\(watched.everything)")
    }

    @Test func `the environment's wish holds for tests and policies too`() async throws {
        var command = try command()
        command.environment["DECART_LUA_SANDBOX"] = "1"
        let tests = try await command.run("test", "--filter", "may do nothing", "t")
        #expect(tests.exitCode == 0, "\(tests.everything)")
        try command.scratch.write(
            "policy.lua", "local ok, e = pcall(io.open, 'secret') return function() return ok and 1 or 2000 end")
        try command.scratch.write("secret", "s")
        for words in [
            ["lab", "--jobs", "20", "--json", "policy.lua"], ["lab", "--sandbox", "--jobs", "20", "policy.lua"],
        ] {
            let lab = try await command.run(words)
            #expect(lab.exitCode == 0 && lab.output.contains("policy"), "\(lab.everything)")
        }
    }

    @Test func `a policy behind walls gives the same comparison`() async throws {
        let command = try Command()
        try command.scratch.write("every.lua", "return function() return 2000 end")
        let plain = try await command.run("lab", "--jobs", "50", "--json", "every.lua")
        let walled = try await command.run("lab", "--sandbox", "--jobs", "50", "--json", "every.lua")
        #expect(plain.exitCode == 0 && walled.output == plain.output, "\(walled.everything)")
        let page = try await command.run("lab", "--sandbox", "--html", "x.html", "every.lua")
        #expect(page.errors.contains("--html cannot be had under --sandbox"))
    }
}
