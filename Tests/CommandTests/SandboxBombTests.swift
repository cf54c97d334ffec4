import Foundation
import SandboxWalls
import TestSupport
import Testing

/// Scripts that would use up whatever there is: each gets an error or is ended, and its keeper stays as small as it was.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(15)))
struct SandboxBombTests {
    /// How the run has ended, and the most memory that its keeper had in use by itself, in KiB.
    private struct Ending {
        var output: String
        var errors: String
        var exitCode: Int
        var peak: Int
    }

    /// Its code and libraries are files, which take no memory of their own: what is measured is the rest.
    private static let watcher = """
        import subprocess, sys, time
        def anonymous(process):
            try:
                with open(f"/proc/{process}/status") as status:
                    lines = dict(line.split(":", 1) for line in status)
                return int(lines["RssAnon"].split()[0]) + int(lines["VmSwap"].split()[0])
            except (OSError, KeyError, ValueError):
                return 0
        with open("out", "wb") as out, open("err", "wb") as err:
            child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            peak = 0
            while child.poll() is None:
                peak = max(peak, anonymous(child.pid))
                time.sleep(0.005)
        print(child.returncode, peak)
        """

    private func run(
        _ script: String, _ options: [String], keepsOutput: Bool = true, environment: [String: String?] = [:]
    ) async throws -> Ending {
        var command = try Command()
        command.environment.merge(environment) { _, new in new }
        try command.scratch.write("script.lua", script)
        try command.scratch.write("watch.py", Self.watcher)
        if !keepsOutput {
            try FileManager.default.createSymbolicLink(
                atPath: command.scratch.file("out"), withDestinationPath: "/dev/null")
        }
        let words = (["--sandbox"] + options + ["script.lua"]).map { "'\($0)'" }.joined(separator: " ")
        let outcome = try await command.runThroughShell("exec python3 watch.py \"$1\" \(words)")
        let numbers = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(numbers.count == 2, "\(outcome.everything)")
        return Ending(
            output: keepsOutput ? command.scratch.text("out") ?? "" : "", errors: command.scratch.text("err") ?? "",
            exitCode: numbers[0], peak: numbers[1])
    }

    private static let start = "local decart = require('decart')\nlocal kept = {}\n"
    /// In KiB.
    private static let most = 64 << 10

    @Test(arguments: [
        "while true do kept[#kept + 1] = { kept } end",
        "kept[1] = 'x' while true do kept[1] = kept[1]:rep(2) end",
        """
        while true do
          local thread = coroutine.create(function() coroutine.yield() end)
          coroutine.resume(thread)
          kept[#kept + 1] = thread
        end
        """,
        "while true do kept[#kept + 1] = decart.blob(('x'):rep(1 << 20) .. #kept, 'text/plain') end",
        "while true do kept[#kept + 1] = decart.channel(1000) end",
        """
        local channel = decart.channel(1 << 30)
        while true do channel:send(('x'):rep(1 << 16) .. #kept) end
        """,
        "while true do setTimeout(function() print(kept) end, 1e9) end",
        "for number = 1, 1000000 do decart.spawn(function() decart.sleep(1e9) end) end",
        "while true do kept[#kept + 1] = document.createElement('p') document.body:append(kept[#kept]) end",
        "local function deeper(x) return x .. deeper(x .. 'x'):rep(10) end deeper('x')",
        "local x = setmetatable({}, { __index = function(t, k) kept[#kept + 1] = ('x'):rep(1 << 16) return t[k .. 'x'] end }) return x.a",
    ])
    func `memory bombs are errors, and none of the keeper's`(_ bomb: String) async throws {
        let ending = try await run(Self.start + bomb, ["--memory", "32M", "--cpu", "60s"])
        #expect(ending.exitCode != 0, "\(bomb)")
        #expect(!ending.errors.isEmpty)
        #expect(ending.peak < Self.most, "\(ending.peak) KiB at \(bomb)")
    }

    @Test func `ten thousand timers are no bomb`() async throws {
        let ending = try await run(
            """
            local count = 0
            for number = 1, 10000 do setTimeout(function() count = count + 1 end, 1) end
            setTimeout(function() print(count) end, 50)
            """, ["--memory", "64M"])
        #expect(ending.output == "10000\n" && ending.exitCode == 0, "\(ending.errors)")
        #expect(ending.peak < Self.most)
    }

    @Test(arguments: [
        "while true do end", "setmetatable({}, { __gc = function() while true do end end }) collectgarbage()",
        "do local x <close> = setmetatable({}, { __close = function() while true do end end }) end",
        "while true do pcall(error) end",
        "coroutine.wrap(function() pcall(function() while true do end end) while true do end end)()",
        "table.sort(setmetatable({}, { __len = function() return 1 << 20 end, __index = math.random }), function() return true end) "
            + "while true do end",
        "decart.spawn(function() while true do decart.yield() end end) while true do decart.yield() end",
        "('a'):rep(40):find(('a*'):rep(40) .. 'b')",
    ])
    func `whoever uses up processor time is ended`(_ bomb: String) async throws {
        let ending = try await run(Self.start + bomb, ["--cpu", "1s"])
        #expect([152, 137, 1].contains(ending.exitCode), "\(bomb): \(ending.exitCode) \(ending.errors)")
        #expect(!ending.errors.isEmpty)
        #expect(ending.peak < Self.most)
    }

    @Test(arguments: [
        "while true do io.write(('x'):rep(1 << 16)) end", "while true do io.stderr:write('x\\n') end",
        "while true do print(('x\\27]0;'):rep(1000)) end",
        "local p = document.createElement('p') document.body:append(p) local n = 0 "
            + "while true do n = n + 1 p.textContent = ('x'):rep(1000) .. n end",
        "while true do error(setmetatable({}, { __tostring = function() io.write(('x'):rep(1 << 20)) return 'x' end })) end",
    ])
    func `a flood passes through a keeper that keeps none of it`(_ bomb: String) async throws {
        let ending = try await run(Self.start + bomb, ["--cpu", "1s"], keepsOutput: false)
        #expect(ending.exitCode != 0, "\(ending.errors.prefix(300))")
        #expect(ending.peak < Self.most)
    }

    @Test func `what was paid for is told after a bomb, and the line that it was at`() async throws {
        try await RunningQueue.with { url in
            let clip = Repository.file("scripts/examples/clip.mp4")
            let scratch = try ScratchFolder()
            for (limit, bomb) in [
                (["--memory", "32M"], "kept[#kept + 1] = ('x'):rep(1 << 20) .. #kept"),
                (["--cpu", "2s"], "string.len('x')"),
            ] {
                let ending = try await run(
                    Self.start + """
                        local client = decart.createDecartClient()
                        print(client.queue.submit({ model = "lucy-restyle-2", data = "\(clip)", prompt = "x" }).job_id)
                        io.stdout:flush()
                        while true do
                          \(bomb)
                        end
                        """, limit + ["--cap", "5", "--allow-read=\(clip)"],
                    environment: ["DECART_BASE_URL": url, "XDG_STATE_HOME": scratch.file("state")])
                let id = ending.output.trimmingCharacters(in: .newlines)
                #expect(!id.isEmpty && ending.errors.contains(id), "\(ending.errors)")
                // Where memory was short, Lua has no line to tell.
                let isOfLua = limit[0] == "--memory"
                #expect(ending.errors.contains(isOfLua ? "not enough memory" : "script.lua:7:"), "\(ending.errors)")
                #expect(ending.exitCode != 0 && ending.peak < Self.most)
            }
        }
    }

    @Test func `replies that are many and large wait at their servers`() async throws {
        try await EchoServer.with { url, _ in
            let port = url.split(separator: ":").last.map(String.init) ?? ""
            let ending = try await run(
                Self.start + """
                    local numbers = {}
                    for number = 1, 40 do numbers[number] = number end
                    print(#decart.map(numbers, function()
                      return #decart.fetch("\(url)/bytes/" .. (6 << 20)).body
                    end))
                    """, ["--allow-net=127.0.0.1:\(port)"])
            #expect(ending.output == "40\n", "\(ending.errors)")
            #expect(ending.peak < Self.most, "\(ending.peak) KiB")
        }
    }

    @Test func `uploads and fetches that are many and large pass one after the other`() async throws {
        try await EchoServer.with { url, server in
            let port = url.split(separator: ":").last.map(String.init) ?? ""
            let ending = try await run(
                Self.start + """
                    local numbers = {}
                    for number = 1, 60 do numbers[number] = number end
                    local body = ('x'):rep(2 << 20)
                    local replies = decart.map(numbers, function()
                      return decart.fetch("\(url)/a", { method = "POST", body = body }).status
                    end)
                    print(#replies, replies[60], select(2, pcall(decart.fetch, "\(url)/a", { method = "POST", body = body:rep(5) })))
                    """, ["--allow-net=127.0.0.1:\(port)"])
            #expect(ending.output.hasPrefix("60\t200\t"), "\(ending.output) \(ending.errors)")
            #expect(ending.output.contains("may have 8 MiB"), "\(ending.output)")
            #expect(ending.peak < Self.most, "\(ending.peak) KiB")
        }
    }
}
