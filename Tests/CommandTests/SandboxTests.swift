import Foundation
import SandboxWalls
import TestSupport
import Testing

/// Scripts of strangers, as a user runs them.
@Suite(
    .enabled(if: KernelWalls.missing.isEmpty, "this kernel lacks what the walls are made of"), .timeLimit(.minutes(10)))
struct SandboxTests {
    /// Runs a script under `--sandbox` in a folder of its own.
    private func run(
        _ script: String, _ options: String..., arguments: [String] = [], in command: Command? = nil
    ) async throws -> Command.Outcome {
        let command = try command ?? Command()
        try command.scratch.write("script.lua", script)
        return try await command.run(["--sandbox"] + options + ["script.lua"] + arguments)
    }

    /// A call's outcome: "ok", or the error's code.
    private static let trying = """
        local function try(f, ...)
          local ok, e = pcall(f, ...)
          if ok then return "ok" end
          return type(e) == "table" and e.code or "not a refusal: " .. tostring(e)
        end

        """

    @Test func `a script runs as ever, with its arguments, modules, output and exit status`() async throws {
        let command = try Command()
        try command.scratch.write("helper.lua", "return { name = ..., answer = 42 }")
        let outcome = try await run(
            """
            #!/usr/bin/env decart-lua
            local helper = require("helper")
            io.stderr:write("to stderr\\n")
            print(arg[0], arg[1], helper.name, helper.answer, #arg)
            os.exit(7)
            """, arguments: ["one", "-x"], in: command)
        #expect(outcome.output == "script.lua\tone\thelper\t42\t2\n")
        #expect(outcome.errors == "to stderr\n")
        #expect(outcome.exitCode == 7)
    }

    @Test func `an error has its line and its traceback`() async throws {
        let outcome = try await run("local function f()\n  error('broken')\nend\nf()")
        #expect(outcome.errors.contains("script.lua:2: broken"))
        #expect(outcome.errors.contains("script.lua:4: in main chunk"))
        #expect(outcome.exitCode == 1)
    }

    @Test func `files, programs, variables and servers are refused with the flag that allows them`() async throws {
        let command = try Command()
        try command.scratch.write(".env", "KEY=1")
        let outcome = try await run(
            Self.trying + """
                local decart = require("decart")
                print(try(io.open, ".env"), try(io.open, "new", "w"), try(io.lines, ".env"), try(io.input, ".env"))
                print(try(io.output, "new"), try(io.tmpfile), try(os.tmpname), try(os.remove, ".env"))
                print(try(os.rename, ".env", "b"), try(os.execute, "true"), try(io.popen, "true"))
                print(try(decart.exec, { "true" }), try(decart.fs.read, ".env"), try(decart.fs.write, "new", ""))
                print(try(decart.fs.list, "."), try(decart.fs.stat, ".env"), try(loadfile, "/etc/passwd"), try(dofile, ".env"))
                print(try(decart.fetch, "http://example.com/"), os.getenv("HOME"), os.getenv("DECART_API_KEY"))
                print(select(2, pcall(io.open, ".env")).message)
                print(select(2, pcall(io.open, "x;touch y")).message)
                print(decart.env("DECART_API_KEY"))
                """, in: command)
        let denied = "PERMISSION_DENIED"
        #expect(
            outcome.everything
                == [4, 4, 3, 3, 4].map { Array(repeating: denied, count: $0).joined(separator: "\t") }
                .joined(separator: "\n")
                + "\n\(denied)\tnil\tnil\nThe script may not read \".env\". --allow-read=.env allows it.\n"
                + "The script may not read \"x;touch y\", which is not there. Make it first, and "
                + "'--allow-read=x;touch y' allows it.\nnil\n")
        #expect(command.scratch.names == [".env", "script.lua"])
    }

    @Test func `what is allowed can be done, and what is denied again cannot`() async throws {
        var command = try Command()
        command.environment["SHOWN"] = "yes"
        command.environment["HIDDEN"] = "no"
        command.environment["COPY"] = "x\(Command.key)"
        try command.scratch.write("in/a", "a")
        try command.scratch.write("in/no/b", "b")
        try command.scratch.write("out/c", "c")
        let outcome = try await run(
            Self.trying + """
                local decart = require("decart")
                print(io.open("in/a"):read("a"), decart.fs.read("in/a"), try(io.open, "in/no/b"), try(io.open, "in/a", "w"))
                print(io.open("out/new", "w"):write("n"):close(), decart.fs.write("out/new2", "m"), try(io.open, "out/c"))
                print(os.getenv("SHOWN"), os.getenv("HIDDEN"), os.getenv("COPY"), os.getenv("DECART_API_KEY"))
                print(decart.exec({ "echo", "hi" }).stdout, try(decart.exec, { "ls" }), try(os.execute, "true"))
                """, "--allow-read=in", "--deny-read=in/no", "--allow-write=out", "--allow-env", "--deny-env=HIDDEN",
            "--allow-run=echo", in: command)
        #expect(
            outcome.everything == """
                a\ta\tPERMISSION_DENIED\tPERMISSION_DENIED
                true\tnil\tPERMISSION_DENIED
                yes\tnil\tnil\tnil
                hi
                \tPERMISSION_DENIED\tPERMISSION_DENIED

                """)
        #expect(command.scratch.text("out/new") == "n" && command.scratch.text("out/new2") == "m")
    }

    @Test func `the kernel decides about a path that has changed since it was checked`() async throws {
        let command = try Command()
        try command.scratch.write("in/a", "a")
        try command.scratch.write("secret", "s")
        try FileManager.default.createSymbolicLink(
            atPath: command.scratch.file("in/link"), withDestinationPath: command.scratch.file("secret"))
        let outcome = try await run(
            Self.trying + """
                print(try(io.open, "in/link"), try(io.open, "in/../secret"), try(io.open, "/proc/self/root/etc/passwd"))
                print(try(io.open, "/proc/self/environ"), try(io.open, "/proc/1/environ"))
                """, "--allow-read=in", in: command)
        #expect(
            outcome.everything
                == "PERMISSION_DENIED\tPERMISSION_DENIED\tPERMISSION_DENIED\nPERMISSION_DENIED\tPERMISSION_DENIED\n")
    }

    @Test func `jobs are paid up to the cap, by the keeper's key, and read in the journal`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            let script =
                Self.trying + """
                    local decart = require("decart")
                    local client = decart.createDecartClient()
                    local function job() return { model = "lucy-restyle-2", data = arg[1], prompt = "x", label = "a" } end
                    print(try(client.queue.status, "job_other"), try(client.tokens.create), #decart.jobs.list())
                    print(try(decart.createDecartClient, { apiKey = "x" }), try(decart.createDecartClient, { baseUrl = "x" }))
                    local outcome = client.queue.submitAndPoll(job())
                    print(outcome.status, #outcome.data > 1000, try(client.queue.submit, job()))
                    local mine = decart.jobs.list({ label = "a" })
                    print(mine[1].jobId == outcome.job_id, decart.jobs.get(outcome.job_id).label, decart.spend().run)
                    print(decart.spend().cap.run, try(decart.prices, { ["lucy-2.5"] = 0 }), decart.spend().day)
                    """
            let clip = Repository.file("scripts/examples/clip.mp4")
            let refused = try await run(
                script, "--allow-read=\(clip)", arguments: [clip], in: command)
            #expect(refused.errors.contains("--cap DOLLARS allows it"))
            let outcome = try await run(script, "--allow-read=\(clip)", "--cap", "0.05", arguments: [clip], in: command)
            #expect(
                outcome.everything == """
                    PERMISSION_DENIED\tPERMISSION_DENIED\t0
                    PERMISSION_DENIED\tPERMISSION_DENIED
                    completed\ttrue\tOVER_BUDGET
                    true\ta\t0.03
                    0.05\tPERMISSION_DENIED\tnil

                    """)
            let jobs = try await command.run("jobs")
            #expect(jobs.output.contains("lucy-restyle-2") && jobs.output.contains("consumed"))
        }
    }

    @Test func `a key leads to no job of another run`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            let start = """
                local client = require("decart").createDecartClient()
                local function job(prompt)
                  return { model = "lucy-restyle-2", data = arg[1], prompt = prompt, key = "order-1" }
                end

                """
            try command.scratch.write("first.lua", start + "print(client.queue.submit(job('secret')).job_id)")
            let clip = Repository.file("scripts/examples/clip.mp4")
            let first = try await command.run("first.lua", clip)
            let id = first.output.trimmingCharacters(in: .newlines)
            #expect(first.exitCode == 0 && !id.isEmpty, "\(first.everything)")
            let outcome = try await run(
                Self.trying + start + """
                    for _, prompt in ipairs({ "secret", "another" }) do
                      local ok, e = pcall(client.queue.submit, job(prompt))
                      print(ok, e.code, e.data and e.data.job_id)
                    end
                    print(try(client.queue.result, arg[2]))
                    """, "--allow-read=\(clip)", "--cap", "1", arguments: [clip, id], in: command)
            #expect(
                outcome.output == """
                    false\tKEY_REUSED\tnil
                    false\tKEY_REUSED\tnil
                    PERMISSION_DENIED

                    """, "\(outcome.everything)")
        }
    }

    @Test func `a key leads to the jobs of the run that goes on`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            let clip = Repository.file("scripts/examples/clip.mp4")
            let script = """
                local client = require("decart").createDecartClient()
                local job = client.queue.submit({ model = "lucy-restyle-2", data = "\(clip)", prompt = "x", key = "order-1" })
                print(job.job_id, client.queue.status(job.job_id).job_id == job.job_id)
                error("the script crashed")
                """
            var outputs: [String] = []
            for options in [["--run", "night"], ["--run", "night"], ["--resume-run", "night"]] {
                try command.scratch.write("script.lua", script)
                let outcome = try await command.run(
                    ["--sandbox", "--cap", "1", "--allow-read=\(clip)"] + options + ["script.lua"])
                #expect(outcome.errors.contains("the script crashed"), "\(outcome.everything)")
                outputs.append(outcome.output)
            }
            #expect(Set(outputs).count == 1 && outputs[0].hasSuffix("\ttrue\n"), "\(outputs)")
            let other = try await command.run(
                ["--sandbox", "--cap", "1", "--allow-read=\(clip)", "--run", "another", "script.lua"])
            #expect(other.errors.contains("KEY_REUSED") && other.output.isEmpty, "\(other.everything)")
        }
    }

    @Test func `what a job costs is what is sent, and not what the script says of it`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            try command.scratch.write("film.mp4", "no film at all")
            let outcome = try await run(
                """
                local decart = require("decart")
                local client = decart.createDecartClient()
                for _, seconds in ipairs({ false, 5, 500 }) do
                  local ok, e = pcall(client.queue.submit, {
                    model = "lucy-restyle-2", data = "film.mp4", prompt = "x", maxSeconds = seconds or nil })
                  print(ok, e.code, e.message:find("cannot be read off it") ~= nil)
                end
                print(#decart.jobs.list(), decart.spend().run)
                """, "--cap", "1000", "--allow-read=film.mp4", in: command)
            let refused = "false\tPERMISSION_DENIED\ttrue\n"
            #expect(outcome.everything.hasPrefix(refused + refused + refused + "0\t0"), "\(outcome.everything)")
        }
    }

    @Test func `submits that come first, and together, share the keeper's connections`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            command.environment["DECART_BASE_URL"] = url
            let clip = Repository.file("scripts/examples/clip.mp4")
            let outcome = try await run(
                """
                local decart = require("decart")
                local client = decart.createDecartClient()
                local lanes = {}
                for lane = 1, 8 do lanes[lane] = lane end
                local jobs = decart.map(lanes, function()
                  return client.queue.submit({ model = "lucy-restyle-2", data = arg[1], prompt = "x" })
                end)
                print(#jobs)
                """, "--allow-read=\(clip)", "--cap", "5", arguments: [clip], in: command)
            #expect(outcome.output == "8\n" && outcome.exitCode == 0, "\(outcome.everything)")
        }
    }

    @Test func `the key is in no byte of the script process, and its descriptors are four`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["DECART_BASE_URL"] = url
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            try command.scratch.write(
                "script.lua",
                """
                local client = require("decart").createDecartClient()
                client.queue.submit({ model = "lucy-restyle-2", data = arg[1], prompt = "x" })
                print("ready")
                io.stdout:flush()
                io.read()
                """)
            let clip = Repository.file("scripts/examples/clip.mp4")
            // The shell's own process group has the keeper and, in a session of its own, the script process.
            let outcome = try await command.runThroughShell(
                """
                mkfifo in out
                "$1" --sandbox --cap 5 --allow-read=\(clip) script.lua \(clip) <in >out &
                exec 8>in 9<out
                read ready <&9
                child=$(cat /proc/$!/task/*/children | tr ' ' '\\n' | head -1)
                tr '\\0' ' ' </proc/$child/cmdline; echo
                tr '\\0' '\\n' </proc/$child/environ | wc -l
                grep -c . /proc/$child/task/$child/status >/dev/null
                grep -E '^(NoNewPrivs|Seccomp|CapEff|CapBnd|CapPrm):' /proc/$child/status | tr -s '\\t\\n' '  '; echo
                python3 - $child "$DECART_API_KEY" <<'END'
                import sys, re, os
                process, key = sys.argv[1], sys.argv[2].encode()
                found = total = 0
                with open(f"/proc/{process}/mem", "rb", 0) as memory:
                    for line in open(f"/proc/{process}/maps"):
                        start, end = (int(part, 16) for part in line.split()[0].split("-"))
                        if "r" not in line.split()[1] or "[v" in line: continue
                        try:
                            memory.seek(start)
                            data = memory.read(end - start)
                        except (OSError, ValueError, OverflowError):
                            continue
                        total += len(data)
                        found += data.count(key)
                print("key", found, total > 1000000)
                kinds = sorted(re.sub(r":.*", "", os.readlink(f"/proc/{process}/fd/{n}")) for n in "0123")
                print(*kinds)
                END
                echo >&8
                wait $!
                """)
            let lines = outcome.output.split(separator: "\n").map(String.init)
            try #require(lines.count == 5, "\(outcome.everything)")
            #expect(lines[0].hasSuffix("decart-lua __script "))
            #expect(lines[1].trimmingCharacters(in: .whitespaces) == "0")
            #expect(
                lines[2].trimmingCharacters(in: .whitespaces)
                    == "CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2"
            )
            #expect(lines[3] == "key 0 True")
            #expect(lines[4] == "pipe pipe pipe socket")
        }
    }

    @Test func `a fetch goes to the hosts that were named, hop by hop`() async throws {
        try await EchoServer.with { url, server in
            let port = url.split(separator: ":").last.map(String.init) ?? ""
            let elsewhere = "http%3A%2F%2Flocalhost%3A\(port)%2Fx"
            let outcome = try await run(
                Self.trying + """
                    local decart = require("decart")
                    print(decart.fetch(arg[1] .. "/a").status, try(decart.fetch, arg[1] .. "/to/" .. arg[2]))
                    print(try(decart.fetch, "http://localhost:" .. arg[3] .. "/b"))
                    """, "--allow-net=127.0.0.1:\(port)", arguments: [url, elsewhere, port])
            #expect(outcome.everything == "200\tPERMISSION_DENIED\nPERMISSION_DENIED\n")
            #expect(server.requests.map(\.path) == ["/a", "/to/\(elsewhere)"])
            #expect(server.requests.allSatisfy { $0.headers["x-api-key"] == nil })
        }
    }

    @Test func `a network that is all allowed is the Internet, and no machine of one's own`() async throws {
        try await EchoServer.with { url, server in
            let outcome = try await run(
                "print(select(2, pcall(require('decart').fetch, arg[1])))", "--allow-net", arguments: [url])
            let place = url.replacing("http://", with: "")
            #expect(outcome.everything.contains("--allow-net=\(place) allows it by name"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `what breaks out of Lua is not there`() async throws {
        let outcome = try await run(
            Self.trying + """
                local names = {}
                for name in pairs(debug) do names[#names + 1] = name end
                table.sort(names)
                print(table.concat(names, " "), package.loadlib, string.dump, package.searchers[3], package.cpath == "")
                print(debug.getinfo(1, "l").currentline, debug.getinfo(print), debug.getinfo(require("decart").sleep))
                print(select(2, load("\\27Lua")), pcall(setmetatable, "", {}))
                getmetatable("").__index = nil
                print(("x"):rep(2), pcall(require, "cjson"))
                """)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "getinfo traceback\tnil\tnil\tnil\ttrue")
        #expect(lines[1] == "10\tnil\tnil")
        #expect(lines[2].hasPrefix("attempt to load a binary chunk"))
        #expect(lines[3].hasPrefix("xx\tfalse\tmodule 'cjson' not found"))
        #expect(outcome.exitCode == 0)
    }

    @Test func `the local queue, virtual time and the examples work behind the walls`() async throws {
        let clip = Repository.file("scripts/examples/clip.mp4")
        for options in [["--local", "--virtual-time"], ["--local"]] {
            let command = try Command()
            try command.scratch.write("out/x", "")
            let outcome = try await command.run(
                ["--sandbox"] + options + [
                    "--allow-read=\(clip)", "--allow-write=.", Repository.file("scripts/examples/poll.lua"),
                ])
            #expect(outcome.output.contains("status: completed\nsaved job_"), "\(outcome.everything)")
            #expect(outcome.exitCode == 0)
            #expect(command.scratch.names.contains { $0.hasSuffix(".mp4") })
        }
    }

    @Test func `standard input reaches the script, by io and by readLine`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "print(io.read(), require('decart').readLine(), io.read())")
        let outcome = try await command.run(["--sandbox", "script.lua"], input: "one\ntwo\nthree\n")
        #expect(outcome.everything == "one\ttwo\tthree\n" || outcome.everything.hasPrefix("one\t"))
        let code = try await command.run(["--sandbox", "-"], input: "print(1 + 1)")
        #expect(code.everything == "2\n")
        let short = try await command.run(["--sandbox", "-e", "print(decart ~= nil)", "-l", "string"])
        #expect(short.everything == "true\n")
    }

    @Test func `memory that is used up is an error first`() async throws {
        let outcome = try await run(
            "print(select(2, pcall(string.rep, 'x', 1 << 29)))\nlocal t = {}\n"
                + "print(select(2, pcall(function() while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end end)))",
            "--memory", "64M")
        #expect(outcome.output == "not enough memory\nnot enough memory\n")
        #expect(outcome.exitCode == 0)
    }

    @Test(arguments: [["--cpu", "3s"], ["--time", "5s"]])
    func `a run that has used up its time ends with its line`(_ limit: [String]) async throws {
        for sandbox in [["--sandbox"], []] {
            let command = try Command()
            try command.scratch.write("script.lua", "\nwhile true do string.len('x') end\n")
            let outcome = try await command.run(sandbox + limit + ["script.lua"])
            #expect(outcome.errors.contains("script.lua:2: the run has used up its"), "\(outcome.everything)")
            #expect(!outcome.errors.contains("CANCELLED"), "\(outcome.everything)")
            #expect(outcome.exitCode == (limit[0] == "--cpu" ? 152 : 142))
        }
    }

    @Test func `one long call of a library's ends with the process`() async throws {
        let outcome = try await run(
            "print(#('a'):rep(40):find(('a*'):rep(40) .. 'b'))", "--cpu", "1s")
        #expect(outcome.exitCode == 152 || outcome.exitCode == 137, "\(outcome.everything)")
        #expect(!outcome.errors.isEmpty)
    }

    @Test(arguments: [
        (["--allow-read"], "means nothing without '--sandbox'"),
        (["--deny-net=x"], "means nothing without '--sandbox'"),
        (["--sandbox", "-i"], "there is no prompt in it"), (["--sandbox", "--bytecode"], "bytecode gets out of Lua"),
        (["--sandbox=box"], "must be one of kernel, lua"),
        (["--sandbox", "--allow-net=http://x"], "takes hosts such as"),
        (["--sandbox", "--allow-read=a,,b"], "empty name"),
        (["--memory", "1"], "at least 4M"), (["--memory", "x"], "bytes such as"), (["--cpu", "5"], "a time such as"),
        (["--time", "0s"], "a time such as"), (["--sandbox", "--watch"], "'--watch' needs '--cap DOLLARS'"),
        (["--sandbox", "--ui", "tty"], "'--ui tty' needs a terminal"),
    ])
    func `what cannot be is refused before anything runs`(_ words: [String], _ message: String) async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "print('ran')")
        let outcome = try await command.run(words + ["script.lua"])
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `a path that is not there cannot be allowed`() async throws {
        let outcome = try await run("print('ran')", "--allow-write=nowhere")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("Only what is there already can be allowed"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `Lua's own walls say so on every run, and keep the key away too`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua", Self.trying + "print(try(io.open, '/etc/passwd'), os.getenv('DECART_API_KEY'))")
        let outcome = try await command.run(["--sandbox=lua", "script.lua"])
        #expect(outcome.output == "PERMISSION_DENIED\tnil\n")
        #expect(outcome.errors.contains("--sandbox=lua has only Lua's own walls"))
    }

    @Test func `a variable asks for it too, and what runs Lua without one refuses that`() async throws {
        var command = try Command()
        command.environment["DECART_LUA_SANDBOX"] = "1"
        let outcome = try await run(Self.trying + "print(try(io.open, '/etc/passwd'))", in: command)
        #expect(outcome.everything == "PERMISSION_DENIED\n")
        try command.scratch.write("a_test.lua", "print('ran')")
        try command.scratch.write("policy.lua", "print('ran')")
        let refusing = [["work"], ["test", "--watch", "a_test.lua"], ["serve", "--scenario", "policy.lua"]]
        for words in refusing {
            let refused = try await command.run(words)
            #expect(refused.exitCode == 2 && refused.errors.contains("DECART_LUA_SANDBOX"), "\(refused.everything)")
            #expect(refused.output.isEmpty)
        }
    }

    @Test func `an audit has each permission that was used, and the flags that would have been enough`() async throws {
        var command = try Command()
        command.environment["SHOWN"] = "yes"
        try command.scratch.write("in/a", "a")
        let outcome = try await run(
            """
            for _ = 1, 3 do io.open('in/a'):close() end
            print(os.getenv('SHOWN'), os.getenv('NOWHERE'))
            io.open('in/a,/etc')
            io.open('\\27]0;in/a')
            """,
            "--allow-all", "--audit", "audit.jsonl", in: command)
        #expect(outcome.output == "yes\tnil\n")
        let real = URL(fileURLWithPath: command.scratch.path).resolvingSymlinksInPath().path
        #expect(outcome.errors.contains("would have been enough: --allow-read=\(real)/in/a --allow-env=SHOWN"))
        let lines = (command.scratch.text("audit.jsonl") ?? "").split(separator: "\n")
        // Whatever a script names, a flag that was not meant, and what drives a terminal, are not among them.
        #expect(!outcome.errors.contains("/etc") && !outcome.errors.contains("\u{1B}"))
        #expect(lines.count == 4 && lines[0].contains("\"permission\":\"read\""), "\(lines)")
    }

    @Test func `a flag that is advised is one that can be given`() async throws {
        let command = try Command()
        try command.scratch.write("a,b", "x")
        try command.scratch.write("in/no", "x")
        let outcome = try await run(
            """
            local decart = require("decart")
            local function told(f, ...) print(select(2, pcall(f, ...)).message) end
            told(io.open, "new", "w")
            told(io.open, "nowhere/deep/new", "w")
            told(io.open, "a,b")
            told(io.open, "in/no")
            told(decart.exec, { "true" })
            told(decart.fetch, "http://[::1]:8080/")
            told(decart.fetch, "http://localhost:81/")
            """, "--allow-read=in", "--deny-read=in/no", "--deny-run=true", "--allow-net", "--deny-net=localhost:81",
            in: command)
        #expect(
            outcome.everything == """
                The script may not write "new". --allow-write=. allows it, with all that is in that folder.
                The script may not write "nowhere/deep/new". --allow-write=. allows it, with all that is in that folder.
                The script may not read "a,b". --allow-read=. allows it, with all that is in that folder.
                The script may not read "in/no": --deny-read takes it away.
                The script may not run "true": --deny-run takes it away.
                The host "[::1]:8080" has an address of this machine's or a private network. '--allow-net=[::1]:8080' \
                allows it by name.
                The script may not talk to "localhost:81": --deny-net takes it away.

                """)
    }

    @Test func `all files are no terminals and no disks`() async throws {
        let outcome = try await run(
            Self.trying + """
                local decart = require("decart")
                print(try(io.open, "/dev/tty", "w"), try(io.open, "/dev/ptmx", "r+"), try(io.open, "/dev/console"))
                print(io.open("/dev/null", "w") ~= nil, #io.open("/dev/zero"):read(3), #decart.fs.list("/") > 3)
                -- What the guard in Lua is asked about can be another path than the one that is opened.
                print(io.open("/proc/self/root/dev/ptmx"))
                """, "--allow-read", "--allow-write")
        let denied = "PERMISSION_DENIED"
        #expect(outcome.output.hasPrefix("\(denied)\t\(denied)\t\(denied)\ntrue\t3\ttrue\n"), "\(outcome.everything)")
        #expect(outcome.everything.contains("PERMISSION_DENIED") && outcome.exitCode == 1, "\(outcome.everything)")
    }

    @Test func `a program that has left its session ends with the run`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            os.execute("setsid sh -c 'echo $$ >pid; exec sleep 1000' & until test -s pid; do :; done")
            print("over")
            """)
        let outcome = try await command.runThroughShell(
            """
            sleep 1000 & mine=$!
            "$1" --sandbox --allow-run --allow-read --allow-write=. script.lua
            kill -0 $(cat pid) 2>/dev/null && echo alive
            kill -0 $mine && kill $mine && echo mine
            """)
        #expect(outcome.output == "over\nmine\n", "\(outcome.everything)")
    }

    @Test func `a program does not get at the keeper`() async throws {
        let outcome = try await run(
            """
            local line = "test -e /proc/self/fd/3 && echo open || echo closed"
            os.execute(line)
            io.write(io.popen(line):read("a"), require("decart").exec({ "sh", "-c", line }).stdout)
            """, "--allow-all")
        #expect(outcome.everything == "closed\nclosed\nclosed\n")
    }

    @Test func `a shell that becomes the program keeps its own children`() async throws {
        let command = try Command()
        try command.scratch.write("script.lua", "print('over')")
        let outcome = try await command.runThroughShell(
            """
            sh -c 'sleep 1000 & echo $! >pid; exec "$0" --sandbox script.lua' "$1"
            kill $(cat pid) && echo alive
            """)
        #expect(outcome.output == "over\nalive\n", "\(outcome.everything)")
    }

    @Test func `a script may come through a pipe`() async throws {
        let command = try Command()
        let outcome = try await command.runThroughShell(
            """
            mkfifo script.lua
            echo 'print(arg[0])' >script.lua &
            exec "$1" --sandbox script.lua
            """)
        #expect(outcome.everything == "script.lua\n")
    }

    @Test func `the program's own word does nothing by itself`() async throws {
        let outcome = try await Command().run("__script")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("the program's own word"))
    }

    @Test func `Ctrl-C lets the script clean up`() async throws {
        let command = try Command()
        try command.scratch.write(
            "script.lua",
            """
            local decart = require("decart")
            local guard <close> = setmetatable({}, { __close = function() print("cleaned up") end })
            print("ready")
            io.stdout:flush()
            decart.sleep(600000)
            """)
        let outcome = try await command.runThroughShell(
            """
            mkfifo out
            heeding "$1" --sandbox script.lua >out & exec 9<out
            read ready <&9
            kill -INT $!
            cat <&9
            wait $!
            echo $?
            """)
        #expect(outcome.output == "cleaned up\n130\n", "\(outcome.everything)")
    }

    @Test func `a script process that is killed is named, and what it paid for too`() async throws {
        try await RunningQueue.with { url in
            var command = try Command()
            command.environment["DECART_BASE_URL"] = url
            command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
            try command.scratch.write(
                "script.lua",
                """
                local client = require("decart").createDecartClient()
                local job = client.queue.submit({ model = "lucy-restyle-2", data = arg[1], prompt = "x" })
                print(job.job_id)
                io.stdout:flush()
                io.read()
                """)
            let clip = Repository.file("scripts/examples/clip.mp4")
            let outcome = try await command.runThroughShell(
                """
                mkfifo in out
                "$1" --sandbox --cap 5 --allow-read=\(clip) script.lua \(clip) <in >out &
                exec 8>in 9<out
                read id <&9
                kill -KILL $(cat /proc/$!/task/*/children | tr ' ' '\\n' | head -1)
                wait $!
                echo $? $id
                """)
            let words = outcome.output.split(whereSeparator: \.isWhitespace).map(String.init)
            try #require(words.count == 2, "\(outcome.everything)")
            #expect(words[0] == "137")
            #expect(outcome.errors.contains("was ended by the signal 9"))
            #expect(outcome.errors.contains(words[1]))
        }
    }
}
