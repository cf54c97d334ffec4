import Foundation
import SandboxWalls
import TestSupport
import Testing

/// What a script does does not change under `--sandbox` but for what permissions forbid: with all of them it is the same,
/// to the byte, in virtual time. Random programs are compared by `scripts/fuzz --alike`.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(15)))
struct SandboxLikenessTests {
    private static let folder = Repository.file("scripts/examples")

    private static func scripts(in folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(folder)")) ?? []
        return files.filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }.sorted().map {
            folder.isEmpty ? $0 : "\(folder)/\($0)"
        }
    }

    /// What a run has left: its output, its status, and its files.
    private struct Trace: Equatable, CustomStringConvertible {
        var output, errors: String
        var exitCode: Int32
        var files: [String: Data]

        var description: String { "\(exitCode)\n\(output)\n\(errors)\n\(files.keys.sorted())" }
    }

    private func trace(_ options: [String], _ words: [String]) async throws -> Trace {
        let command = try Command()
        let outcome = try await command.run(
            options + ["--local", "--virtual-time", "--seed", "7", "--no-sidecar"] + words)
        var files: [String: Data] = [:]
        for name in command.scratch.names { files[name] = command.scratch.bytes(name) ?? Data() }
        return Trace(
            output: outcome.output, errors: outcome.errors, exitCode: outcome.exitCode, files: files)
    }

    private func check(_ words: [String]) async throws {
        let without = try await trace([], words)
        let within = try await trace(["--sandbox", "--allow-all"], words)
        #expect(without == within)
        #expect(!without.output.isEmpty || !without.errors.isEmpty)
    }

    @Test(arguments: scripts(in: ""))
    func `an example does the same`(_ name: String) async throws {
        try await check(["\(Self.folder)/\(name)"])
    }

    @Test(arguments: scripts(in: "batch"))
    func `a batch does the same`(_ name: String) async throws {
        try await check(["\(Self.folder)/\(name)"])
    }

    @Test(arguments: scripts(in: "policies"))
    func `a policy does the same`(_ name: String) async throws {
        try await check(["--policy", "\(Self.folder)/\(name)", "\(Self.folder)/poll.lua"])
    }

    @Test(arguments: scripts(in: "scenarios"))
    func `a scenario does the same`(_ name: String) async throws {
        try await check(["--scenario", "\(Self.folder)/\(name)", "\(Self.folder)/poll.lua"])
    }

    @Test(arguments: [
        "print(select(2, pcall(error, { 1 }))[1], select('#', pcall(error)))", "error('x')",
        "error({ code = 'X', message = 'y' })",
        "local t <close> = setmetatable({}, { __close = function() print('closed') end }) error('x')",
        "print(#arg, arg[0]) os.exit(3)", "os.exit(true, true)", "return 5", "decart.sleep(5) print(decart.now ~= nil)",
        "for line in io.lines() do print(line) end print(io.read())", "io.stdout:write('no end')",
        "local f = io.open('a', 'w') f:write('x') f:close() print(io.open('a'):read('a'), os.rename('a', 'b'), os.remove('b'))",
        "print(io.popen('echo hi'):read('a'), os.execute('exit 3'))",
        "print(decart.exec({ 'sh', '-c', 'echo x; exit 4' }).code)",
        "print(io.open('nowhere'), io.open('/dev/null', 'w') ~= nil)",
        "decart.spawn(function() error('late') end) decart.sleep(10)",
        "coroutine.wrap(function() decart.sleep(1) print('in') end)()",
        "goto done; ::done::; print(1 // 0.0, 2^53, 1e15, -0.0)", "print(1 // 0)", "local x = ",
        "print(('x'):rep(10, ','))",
        "print(load('return 1 +'))", "decart.fs.write('a/b', 'x')",
        "local channel = decart.channel() decart.spawn(function() channel:send(1) end) print(channel:receive())",
        "print(decart.json.encode({ 1, 'a', { b = true } }))", "print(decart.hash('sha256', 'x'))",
        "decart.channel():receive()",
    ])
    func `a script does the same, whatever it comes to`(_ script: String) async throws {
        let code = "local decart = require('decart')\n" + script
        var traces: [Trace] = []
        for options in [[], ["--sandbox", "--allow-all"]] {
            let command = try Command()
            try command.scratch.write("script.lua", code)
            let outcome = try await command.run(
                options + ["--local", "--virtual-time", "--seed", "7", "script.lua"], input: "one\ntwo")
            var files: [String: Data] = [:]
            for name in command.scratch.names { files[name] = command.scratch.bytes(name) ?? Data() }
            traces.append(
                Trace(
                    output: outcome.output, errors: outcome.errors, exitCode: outcome.exitCode, files: files)
            )
        }
        #expect(traces[0] == traces[1])
    }
}
