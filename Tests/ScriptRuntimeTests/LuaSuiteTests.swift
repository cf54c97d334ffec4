import Foundation
import LuaVM
import ScriptRuntime
import Testing

/// The checks written in Lua: each file of the folder `Lua` is a script of small checks.
struct LuaSuiteTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Lua")

    /// What every suite finds: `check(name, fn)`, and `raises(text, fn, ...)`, which answers the error.
    private static let header = """
        local checks = 0; function check(name, fn) local ok, e = xpcall(fn, debug.traceback) checks = checks + 1 \
        if not ok then record(name .. ": " .. tostring(e)) end end; \
        function raises(text, fn, ...) local ok, e = pcall(fn, ...) assert(not ok, "no error") \
        assert(tostring(e):find(text, 1, true), tostring(e)) return e end;
        """

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "tasks", "timers", "waits", "no-waits", "coroutines", "cancelling", "channels", "exec", "require",
            "debugging",
        ])
    func `a suite's checks all hold`(_ suite: String) async throws {
        let file = Self.folder.appending(path: "\(suite).lua")
        let source = try String(contentsOf: file, encoding: .utf8)
        let footer = "\nrecord(checks .. ' checks')"
        let outcome = try await runScript(Self.header + source + footer, name: "\(suite).lua")
        let count = source.split(separator: "\n").count { $0.hasPrefix("check(") }
        // Every one of them has run.
        #expect(outcome.recordedTexts == ["\(count) checks"])
        #expect(outcome.failures.map(\.message) == [])
        #expect(outcome.deadlocked.isEmpty)
        #expect(outcome.status == .success)
    }
}
