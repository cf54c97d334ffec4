import LuaVM
import RunClock
import ScriptRuntime
import Testing

/// The example of the documentation does what the documentation says.
@Suite(.timeLimit(.minutes(5)))
struct EmbeddedScriptTests {
    private struct NoSuchThing: Error, CustomStringConvertible {
        var description: String { "there is no such thing" }
    }

    private func run(_ source: String) async throws -> EmbeddedScript.Ending {
        let clock = VirtualClock(mode: .automatic)
        let script = EmbeddedScript(
            measure: { what in
                guard let number = ["short": 1.0, "long": 1000.0][what] else { throw NoSuchThing() }
                try await clock.sleep(for: .seconds(number))
                return number
            }, clock: clock)
        return try await script.run(source, name: "measure.lua")
    }

    @Test
    func `a script waits for the program's function, and others go on`() async throws {
        let ending = try await run(
            """
            local decart = require("decart")
            local long = decart.spawn(decart.measure, "long")
            assert(decart.measure("short") == 1 and decart.now() == 1000)
            assert(long:await() == 1000 and decart.now() == 1000000)
            """)
        #expect(ending.status == .success, "\(ending.reports)")
    }

    @Test
    func `its error is raised at the script's line, and reported where nobody catches it`() async throws {
        let ending = try await run("\nrequire('decart').measure('nothing')")
        #expect(ending.status == .failure)
        guard case .failed(let error, task: nil)? = ending.reports.first else {
            return #expect(Bool(false), "\(ending.reports)")
        }
        #expect(error.message == "measure.lua:2: cannot measure nothing: there is no such thing")
    }

    @Test
    func `cancelling a task that waits for it ends the work`() async throws {
        let ending = try await run(
            """
            local decart = require("decart")
            local long = decart.spawn(decart.measure, "long")
            decart.sleep(1)
            long:cancel()
            local ok, e = pcall(long.await, long)
            assert(not ok and e.code == "CANCELLED" and decart.now() < 1000)
            """)
        #expect(ending.status == .success, "\(ending.reports)")
    }

    @Test
    func `a script that does not compile is an error of the call`() async throws {
        await #expect(throws: (any Error).self) { try await run("local = 1") }
    }
}
