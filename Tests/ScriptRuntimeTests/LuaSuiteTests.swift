import Foundation
import LuaVM
import ScriptRuntime
import Testing

/// The checks written in Lua: each file of the folder `Lua` is a script of small checks.
struct LuaSuiteTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Lua")

    /// What every suite finds: `check(name, fn)`, and `raises(text, fn, ...)`, which answers the error.
    private static let header = """
        local failed = 0; function check(name, fn) local ok, e = xpcall(fn, debug.traceback) if not ok then \
        failed = failed + 1 record(name .. ": " .. tostring(e)) end end; \
        function raises(text, fn, ...) local ok, e = pcall(fn, ...) assert(not ok, "no error") \
        assert(tostring(e):find(text, 1, true), tostring(e)) return e end;
        """

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["tasks", "timers", "waits", "no-waits", "coroutines", "cancelling", "channels", "exec", "require"])
    func `a suite's checks all hold`(_ suite: String) async throws {
        let file = Self.folder.appending(path: "\(suite).lua")
        let source = try String(contentsOf: file, encoding: .utf8)
        let outcome = try await runScript(Self.header + source, name: "\(suite).lua")
        #expect(outcome.recordedTexts == [])
        #expect(outcome.failures.map(\.message) == [])
        #expect(outcome.deadlocked.isEmpty)
        #expect(outcome.status == .success)
    }
}
