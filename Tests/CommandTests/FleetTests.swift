import DecartAPI
import Foundation
import LocalQueue
import Synchronization
import TestSupport
import Testing

/// Jobs that are added by one process and done by others.
@Suite(.timeLimit(.minutes(5)))
struct FleetTests {
    /// A queue that keeps the prompts of the submits that reach it: the count of somebody who is not the program.
    private func withQueue<Value: Sendable>(
        _ settings: QueueSettings = QueueSettings(pending: .zero, processing: .zero, concurrency: 100),
        _ body: @Sendable (_ command: Command, _ posts: @Sendable () -> [String]) async throws -> Value
    ) async throws -> Value {
        let log = SubmitLog()
        var settings = settings
        settings.planner = { submit in
            log.add(submit.inputs.first { $0.name == "prompt" }.map { String(decoding: $0.value, as: UTF8.self) } ?? "")
            return .usual
        }
        return try await RunningQueue.with(settings) { url in
            var command = try Command()
            command.environment = [
                "DECART_BASE_URL": url, "XDG_STATE_HOME": command.scratch.path + "/state",
                "XDG_CONFIG_HOME": command.scratch.path + "/config",
            ]
            try command.scratch.write(
                "config/decart-lua/prices.json", #"{"prices": {"/v1/jobs/lucy-pro-t2v": {"perSecond": 0.04}}}"#)
            try FileManager.default.createDirectory(
                atPath: command.scratch.file("out"), withIntermediateDirectories: false)
            return try await body(command, { log.all })
        }
    }

    private final class SubmitLog: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ prompt: String) { kept.withLock { $0.append(prompt) } }
    }

    private func jobs(_ command: Command, _ options: String...) async throws -> [JSONValue] {
        let outcome = try await command.run(["jobs", "--json"] + options)
        guard case .array(let jobs)? = try JSONValue(parsing: outcome.output)["jobs"] else { return [] }
        return jobs
    }

    private func states(_ command: Command) async throws -> [String: Int] {
        try await jobs(command).reduce(into: [:]) { $0[$1["state"]?.text ?? "", default: 0] += 1 }
    }

    private static func csv(_ count: Int) -> String {
        "model,prompt,key,maxSeconds\n"
            + (1...count).map { "lucy-pro-t2v,\"prompt \($0), or so\",shot-\($0),2\n" }.joined()
    }

    // MARK: Adding

    @Test func `a job that is added waits, is done by a worker, and lies under its key`() async throws {
        try await withQueue { command, posts in
            let added = try await command.run(
                "jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "a tram", "--key", "shot/1", "--max-seconds", "4",
                "--label", "teaser")
            #expect(added.output.hasPrefix("1 job added: "), "\(added.errors)")
            let row = try #require(try await jobs(command).first)
            #expect(row["state"] == "wanted")
            #expect(row["charge"] == 0.0)
            #expect(row["estimate"] == 0.16)
            #expect(posts() == [])
            let work = try await command.run("work", "--once", "--to", "out")
            #expect(work.exitCode == 0, "\(work.everything)")
            #expect(work.output == "shot/1: saved as \(command.scratch.path)/out/shot_1.mp4\n")
            #expect(command.scratch.bytes("out/shot_1.mp4.json") != nil)
            #expect(posts().count == 1)
            let done = try #require(try await jobs(command).first)
            #expect(done["state"] == "fetched")
            #expect(done["label"] == "teaser")
            #expect(!work.everything.contains(Command.key))
            #expect(try await command.run("work", "--once").exitCode == 0, "there is nothing to do")
        }
    }

    @Test func `a file is added as a whole or not at all, and its faults are told by line`() async throws {
        try await withQueue { command, _ in
            try command.scratch.write(
                "wrong.csv",
                """
                model,prompt,data,key
                lucy-pro-t2v,a,,k1
                lucy-pro-t2v,,,k2
                lucy-restyle-2,b,missing.mp4,k3
                lucy-pro-t2v,c,,k1

                """)
            let wrong = try await command.run("jobs", "add", "--from", "wrong.csv")
            #expect(wrong.exitCode == 1)
            #expect(wrong.errors.contains("wrong.csv:5: The key \"k1\" stands in line 2 too"))
            try command.scratch.write(
                "wrong.csv", "model,prompt,data\nlucy-pro-t2v,a,\nlucy-pro-t2v,,\nlucy-restyle-2,b,missing.mp4\n")
            let faults = try await command.run("jobs", "add", "--from", "wrong.csv")
            #expect(faults.errors.contains("wrong.csv:3: INVALID_INPUT"))
            #expect(faults.errors.contains("wrong.csv:4: INVALID_INPUT"))
            #expect(faults.errors.contains("missing.mp4"))
            #expect(faults.errors.contains("no job was added"))
            #expect(try await jobs(command) == [])
            try command.scratch.write("right.csv", Self.csv(3))
            #expect(try await command.run("jobs", "add", "--from", "right.csv").output == "3 jobs added\n")
            try command.scratch.write("right.csv", Self.csv(4))
            #expect(
                try await command.run("jobs", "add", "--from", "right.csv").output
                    == "1 job added; 3 were there already, by their keys\n")
            try command.scratch.write("right.csv", "model,prompt,key\nlucy-pro-t2v,another,shot-1\n")
            #expect(
                try await command.run("jobs", "add", "--from", "right.csv").errors.contains("right.csv:2: KEY_REUSED"))
        }
    }

    @Test func `a script adds jobs, and a worker with a script does them its own way`() async throws {
        try await withQueue { command, posts in
            try command.scratch.write(
                "add.lua",
                """
                local client = require("decart").createDecartClient()
                for i = 1, 3 do
                  local job = client.queue.enqueue { model = "lucy-pro-t2v", prompt = "p" .. i, key = "k" .. i, priority = i }
                  assert(job.state == "wanted" and not job.replayed and job.key == "k" .. i)
                end
                assert(client.queue.enqueue { model = "lucy-pro-t2v", prompt = "p1", key = "k1" }.replayed)
                local ok, e = pcall(client.queue.enqueue, { model = "lucy-pro-t2v", prompt = "x", payTwice = true })
                assert(not ok and e.code == "INVALID_OPTIONS", e)
                ok, e = pcall(client.queue.enqueue,
                  { model = "lucy-restyle-2", prompt = "x", data = require("decart").blob("x", "video/mp4") })
                assert(not ok and e.code == "INVALID_INPUT" and e.message:find("must be a path"), e)
                """)
            let added = try await command.run("add.lua")
            #expect(added.exitCode == 0, "\(added.errors)")
            try command.scratch.write(
                "work.lua",
                """
                local decart = require("decart")
                local client = decart.createDecartClient()
                return function(row)
                  print(row.key, row.model, row.inputs.prompt, row.state)
                  if row.key == "k1" then return end
                  if row.key == "k2" then
                    client.queue.submit(row.inputs)
                    return "renamed"
                  end
                  local done = client.queue.submitAndPoll(row.inputs)
                  done.data:save("out/own.mp4")
                end
                """)
            let work = try await command.run("work", "--once", "--slots", "1", "--to", "out", "work.lua")
            #expect(work.exitCode == 1, "one was not submitted")
            #expect(
                work.output == """
                    k3\tlucy-pro-t2v\tp3\tclaimed
                    k3: saved as \(command.scratch.path)/out/own.mp4
                    k2\tlucy-pro-t2v\tp2\tclaimed
                    k2: saved as \(command.scratch.path)/out/renamed.mp4
                    k1\tlucy-pro-t2v\tp1\tclaimed
                    k1: refused: The script's function returned without submitting it.

                    """, "\(work.errors)")
            let warning =
                "warning: the model lucy-pro-t2v is retired, the service may refuse it; see decart.models.list()"
            #expect(work.errors.hasSuffix(": \(warning)\n") && work.errors.split(separator: "\n").count == 1)
            #expect(posts().count == 2)
            #expect(try await states(command) == ["fetched": 2, "refused": 1])
        }
    }

    @Test func `a script's fault is the job's that it was called for, and inputs cannot be changed`() async throws {
        try await withQueue { command, posts in
            try command.scratch.write(
                "jobs.jsonl", (1...2).map { #"{"model": "lucy-pro-t2v", "prompt": "\#($0)"}"# + "\n" }.joined())
            _ = try await command.run("jobs", "add", "--from", "jobs.jsonl")
            try command.scratch.write(
                "work.lua",
                """
                local client = require("decart").createDecartClient()
                return function(row)
                  if row.inputs.prompt == "1" then error("no such luck") end
                  row.inputs.prompt = "changed"
                  client.queue.submit(row.inputs)
                end
                """)
            let work = try await command.run("work", "--once", "work.lua")
            #expect(work.exitCode == 1)
            #expect(work.output.contains("no such luck"), "\(work.everything)")
            #expect(work.output.contains("inputs are not those that were added"))
            #expect(posts() == [])
            #expect(try await states(command) == ["refused": 2])
            try command.scratch.write("nothing.lua", "")
            let nothing = try await command.run("work", "--once", "nothing.lua")
            #expect(nothing.exitCode == 1)
            #expect(nothing.errors.contains("it is to return a function"))
        }
    }

    // MARK: Files

    @Test func `files must lie below the folder of inputs and be what they were`() async throws {
        try await withQueue { command, posts in
            for name in ["in/a.mp4", "in/b.mp4", "c.mp4"] { try command.scratch.write(name, "video \(name)") }
            try FileManager.default.createSymbolicLink(
                atPath: command.scratch.file("in/link.mp4"), withDestinationPath: command.scratch.file("c.mp4"))
            for name in ["in/a.mp4", "in/b.mp4", "c.mp4", "in/link.mp4"] {
                let added = try await command.run(
                    "jobs", "add", "--model", "lucy-restyle-2", "--prompt", name, "--data", name, "--key", name)
                #expect(added.exitCode == 0, "\(added.errors)")
            }
            try command.scratch.write("in/b.mp4", "another video")
            let work = try await command.run("work", "--once", "--inputs", "in", "--to", "out")
            #expect(work.exitCode == 1)
            #expect(work.output.contains("in/a.mp4: saved as"), "\(work.everything)")
            #expect(work.output.contains("b.mp4\" is not what it was when it was added"))
            #expect(work.output.matches(of: /must lie below the folder of inputs/).count == 2)
            #expect(posts().count == 1)
            #expect(try await states(command) == ["fetched": 1, "refused": 3])
        }
    }

    @Test(arguments: [
        ["work", "--once"], ["resume"], ["jobs", "wait", "--all"],
        ["jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "x"],
    ])
    func `a journal that cannot be opened is said, and ends what would use it`(words: [String]) async throws {
        let command = try Command()
        try FileManager.default.createDirectory(
            atPath: command.scratch.file("jobs.sqlite"), withIntermediateDirectories: false)
        let outcome = try await command.run(words + ["--journal", "jobs.sqlite"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("JOURNAL_UNAVAILABLE: The journal jobs.sqlite cannot be opened"))
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    // MARK: Money

    @Test func `a cap holds a worker back, and nothing is spent above it`() async throws {
        try await withQueue { command, posts in
            try command.scratch.write("jobs.csv", Self.csv(5))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let work = try await command.run("work", "--once", "--cap", "0.25", "--to", "out")
            #expect(work.exitCode == 1)
            #expect(work.errors.contains("would pass the cap of $0.25"), "\(work.everything)")
            #expect(posts().count == 3)
            #expect(try await states(command) == ["fetched": 3, "wanted": 2])
            let dear = try await command.run(
                "jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "x", "--max-seconds", "60", "--max-cost", "0.50")
            #expect(dear.exitCode == 1)
            #expect(dear.errors.contains("OVER_BUDGET"))
        }
    }

    @Test(arguments: [
        "setmetatable({}, { __index = function() error('no') end })",
        "setmetatable({}, { __tostring = function() error('no') end })",
        "setmetatable({}, { __tostring = function() return 5 end })",
        "{ code = 'X', message = setmetatable({}, { __tostring = function() error('no') end }) }",
        "{ code = {}, message = 'as it is' }", "setmetatable({}, { __name = 5 })", "nil",
    ])
    func `a function whose error cannot be told has ended all the same`(error: String) async throws {
        try await withQueue { command, posts in
            try command.scratch.write("work.lua", "return function() error(\(error)) end")
            _ = try await command.run("jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "x", "--max-seconds", "4")
            let work = try await command.run("work", "--once", "work.lua")
            #expect(work.exitCode == 1, "\(work.everything)")
            #expect(work.output.contains(": refused: "), "\(work.everything)")
            #expect(try await states(command) == ["refused": 1])
            #expect(posts() == [])
        }
    }

    @Test func `no key, path or message of others drives the terminal`() async throws {
        try await withQueue { command, _ in
            let escape = "\u{1B}[2J\u{7}"
            try command.scratch.write("work.lua", "return function() error('\\27[2Jwrong', 0) end")
            func add(_ key: String) async throws {
                let added = try await command.run(
                    "jobs", "add", "--model", "lucy-pro-t2v", "--prompt", "x", "--max-seconds", "4", "--key", key,
                    "--label", "label\(escape)")
                #expect(added.exitCode == 0, "\(added.everything)")
            }
            try await add("first\(escape)")
            var shown = try await command.run("work", "--once", "work.lua").everything
            try await add("second\(escape)")
            shown += try await command.run("work", "--once", "--to", "out").everything
            shown += try await command.run("jobs").everything
            shown += try await command.run("jobs", "show", "second\(escape)").everything
            shown += try await command.run("spend", "--label").everything
            for text in ["refused: ", "wrong", "saved as ", "second", "label"] {
                #expect(shown.contains(text), "\(shown)")
            }
            #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "\(shown.debugDescription)")
        }
    }

    // MARK: Stopping

    @Test(arguments: [("TERM", 0), ("INT", 130)], ["", "work.lua"])
    func `a worker that is told to stop leaves its jobs to the next`(
        signal: (name: String, status: Int), script: String
    ) async throws {
        let settings = QueueSettings(pending: .zero, processing: .seconds(100_000), concurrency: 100)
        try await withQueue(settings) { command, posts in
            try command.scratch.write(
                "work.lua",
                """
                local client = require("decart").createDecartClient()
                return function(job) client.queue.submit(job.inputs) end
                """)
            try command.scratch.write("jobs.csv", Self.csv(4))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let outcome = try await command.runThroughShell(
                """
                heeding "$1" work --slots 2 --to out \(script) 2> errors & worker=$!
                program=$1
                await '"$program" jobs --json --state running | grep -q "\\"running\\".*\\"running\\""'
                kill -\(signal.name) $worker
                wait $worker
                echo "exit $?"
                """)
            #expect(outcome.output.hasSuffix("exit \(signal.status)\n"), "\(outcome.everything)")
            #expect(posts().count == 2)
            #expect(try await states(command) == ["running": 2, "wanted": 2])
        }
    }

    /// The prompts of the jobs that are in one of these states.
    private func prompts(_ command: Command, _ states: [JSONValue]) async throws -> Set<String> {
        let jobs = try await jobs(command).filter { states.contains($0["state"] ?? .null) }
        return Set(jobs.map { "prompt \(($0["key"]?.text ?? "").dropFirst("shot-".count)), or so" })
    }

    @Test func `what a killed worker was waiting for, another one fetches`() async throws {
        try await withQueue(QueueSettings(pending: .zero, processing: .seconds(3), concurrency: 100)) {
            command, posts in
            try command.scratch.write("jobs.csv", Self.csv(3))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let outcome = try await command.runThroughShell(
                """
                "$1" work --slots 3 --to out > /dev/null 2>&1 & worker=$!
                program=$1
                # Until all of them are sent, and their ids written down.
                await '[ "$("$program" jobs --json | grep -o "\\"jobId\\":\\"" | wc -l)" -eq 3 ]'
                kill -KILL $worker
                wait $worker
                "$1" work --once --to out
                """)
            #expect(try await states(command) == ["fetched": 3], "\(outcome.everything)")
            #expect(posts().count == 3 && Set(posts()).count == 3, "none is submitted twice")
        }
    }

    @Test func `workers that are killed again and again do every job once`() async throws {
        try await withQueue(QueueSettings(pending: .zero, processing: .milliseconds(200), concurrency: 100)) {
            command, posts in
            let count = 60
            let (rounds, slots) = (6, 4)
            try command.scratch.write("jobs.csv", Self.csv(count))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let outcome = try await command.runThroughShell(
                """
                program=$1
                start() { "$program" work --slots \(slots) --to out > /dev/null 2>> errors & }
                fetched() { "$program" jobs --json --state fetched | grep -o '"jobId"' | wc -l; }
                left() { "$program" jobs --json | grep -o '"state":"[a-z]*"' | grep -vc 'fetched\\|unknown'; }
                for round in $(seq \(rounds)); do
                  start; one=$!
                  start; two=$!
                  wanted=$(($(fetched) + 4))
                  await '[ "$(fetched)" -ge $wanted ] || [ "$(left)" -eq 0 ]'
                  kill -KILL $one $two
                  wait $one $two
                done
                "$1" work --once --slots 8 --to out
                """)
            let states = try await states(command)
            // Only what a worker was just sending when it was killed may be unknown.
            let unknown = states["unknown"] ?? 0
            #expect(unknown <= 2 * rounds * slots)
            #expect(
                states == ["fetched": count - unknown, "unknown": unknown].filter { $0.value > 0 },
                "\(outcome.everything)")
            #expect(outcome.exitCode == 0, "\(outcome.everything)")
            let sent = Set(posts())
            #expect(sent.count == posts().count, "none is submitted twice")
            #expect(try await prompts(command, ["fetched"]).isSubset(of: sent))
            #expect(try await sent.isSubset(of: prompts(command, ["fetched", "unknown"])))
            let saved = command.scratch.names(in: "out").filter { $0.hasSuffix(".mp4") && !$0.hasPrefix(".") }
            #expect(saved.count == count - unknown, "none is saved twice")
        }
    }

    @Test(arguments: [("TERM", 143), ("INT", 130)])
    func `a worker that is told to stop twice does not wait for a reply`(signal: String, status: Int) async throws {
        try await RudeServer.with { _, _ in
            RudeServer.Answer(bytes: "", closes: false)
        } _: { url in
            var command = try Command()
            command.environment = ["DECART_BASE_URL": url, "XDG_STATE_HOME": command.scratch.path + "/state"]
            try command.scratch.write("jobs.csv", Self.csv(1))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let outcome = try await command.runThroughShell(
                """
                heeding "$1" work > out 2> errors & worker=$!
                program=$1
                await '"$program" jobs --json | grep -q "\\"sending\\""'
                kill -\(signal) $worker
                # A shell may have noticed its end by then, or not.
                await 'kill -\(signal) $worker; ! kill -0 $worker || grep -q ") Z " /proc/$worker/stat' 2> /dev/null
                wait $worker
                echo "exit $?"
                """)
            #expect(outcome.output == "exit \(status)\n", "\(outcome.everything)")
            #expect(try await states(command) == ["unknown": 1], "it may have arrived")
        }
    }

    @Test(arguments: [false, true])
    func `scripts/fleet finds nothing that does not add up`(isDatabase: Bool) async throws {
        var words = [
            "--program", try Repository.program(), "--jobs", "60", "--workers", "3", "--slots", "4", "--processing",
            "200", "--every", "0.5", "--stop", "1", "--limit", "150",
        ]
        if isDatabase {
            let server = try PostgresServer.shared.get()
            let address = server.address(try await server.newDatabase())
            var command = try Command()
            command.environment = ["DECART_JOURNAL": address, "HOME": command.scratch.path]
            #expect(try await command.run("journal", "migrate").exitCode == 0)
            words += ["--journal", address]
        }
        let outcome = try await ChildProgram(Repository.file("scripts/fleet")).run(words)
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        #expect(outcome.output.contains("jobs                100, added"))
        #expect(!outcome.output.contains("blows               0 killed"), "it proves nothing otherwise")
    }

    // MARK: Options

    @Test func `a worker does jobs of its label, and writes nothing beside a result that it is not to`() async throws {
        try await withQueue { command, posts in
            for label in ["teaser", "trailer"] {
                _ = try await command.run(
                    "jobs", "add", "--model", "lucy-pro-t2v", "--prompt", label, "--key", label, "--label", label)
            }
            let work = try await command.run("work", "--once", "--label", "trailer", "--no-sidecar", "--to", "out")
            #expect(work.exitCode == 0, "\(work.everything)")
            #expect(posts() == ["trailer"])
            #expect(command.scratch.names(in: "out") == ["trailer.mp4"])
            #expect(try await states(command) == ["fetched": 1, "wanted": 1])
            try command.scratch.write("work.lua", "return function() error('it is not for this one') end")
            let none = try await command.run("work", "--once", "--label", "trailer", "work.lua")
            #expect(none.exitCode == 0, "\(none.everything)")
            try command.scratch.write(
                "own.lua",
                """
                local client = require("decart").createDecartClient()
                return function(job) client.queue.submit(job.inputs) end
                """)
            let rest = try await command.run("work", "--once", "--no-sidecar", "--to", "out", "own.lua")
            #expect(rest.exitCode == 0, "\(rest.everything)")
            #expect(command.scratch.names(in: "out") == ["teaser.mp4", "trailer.mp4"])
        }
    }

    @Test(arguments: [[], ["work.lua"]])
    func `a cap of a day counts what all runs of the day have spent`(script: [String]) async throws {
        try await withQueue { command, posts in
            try command.scratch.write(
                "work.lua",
                """
                local client = require("decart").createDecartClient()
                return function(job) client.queue.submit(job.inputs) end
                """)
            try command.scratch.write("jobs.csv", Self.csv(5))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            // Each is $0.08.
            let first = try await command.run(["work", "--once", "--cap", "0.08", "--to", "out"] + script)
            #expect(first.exitCode == 1)
            let second = try await command.run(["work", "--once", "--cap-day", "0.25", "--to", "out"] + script)
            #expect(second.exitCode == 1)
            #expect(second.errors.contains("would pass the cap of $0.25 a day (--cap-day)"), "\(second.everything)")
            #expect(posts().count == 3)
            #expect(try await states(command) == ["fetched": 3, "wanted": 2])
            #expect(try await JSONValue(parsing: command.run("spend", "--json").output)["day"] == 0.24)
        }
    }

    @Test(arguments: [[], ["work.lua"]])
    func `a worker that is to stop when nothing is left does so where its key is refused`(script: [String]) async throws
    {
        try await RudeServer.with { _, _ in
            .reply("401 Unauthorized", #"{"detail": "the key is not valid"}"#, type: "application/json")
        } _: { url in
            var command = try Command()
            command.environment = ["DECART_BASE_URL": url, "XDG_STATE_HOME": command.scratch.path + "/state"]
            try command.scratch.write(
                "work.lua",
                """
                local client = require("decart").createDecartClient()
                return function(job) client.queue.submit(job.inputs) end
                """)
            try command.scratch.write("jobs.csv", Self.csv(2))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let work = try await command.run(["work", "--once"] + script)
            #expect(work.exitCode == 1)
            #expect(work.errors.contains("this worker stops, and leaves jobs where they are"), "\(work.everything)")
            #expect(work.errors.contains("the key is not valid"), "\(work.everything)")
            #expect(try await states(command) == ["wanted": 2])
        }
    }

    @Test func `a job that waits can be forgotten, and added again under its key`() async throws {
        try await withQueue { command, posts in
            for prompt in ["wrong", "right"] {
                let added = try await command.run(
                    "jobs", "add", "--model", "lucy-pro-t2v", "--prompt", prompt, "--key", "shot")
                #expect(added.exitCode == 0, "\(added.everything)")
                if prompt == "wrong" {
                    #expect(try await command.run("jobs", "forget", "shot").output == "1 of 1 forgotten\n")
                }
            }
            #expect(try await command.run("work", "--once", "--to", "out").exitCode == 0)
            #expect(posts() == ["right"])
            let ended = try await command.run("jobs", "forget", "shot")
            #expect(ended.exitCode == 0, "\(ended.everything)")
        }
    }

    // MARK: Watching

    @Test func `the fleet is shown, also as JSON, until nothing is left`() async throws {
        try await withQueue { command, _ in
            #expect(try await command.run("jobs", "watch", "--fleet").exitCode == 0)
            try command.scratch.write("jobs.csv", Self.csv(2))
            _ = try await command.run("jobs", "add", "--from", "jobs.csv")
            let outcome = try await command.runThroughShell(
                """
                "$1" work --to out > /dev/null 2>&1 & worker=$!
                "$1" jobs watch --fleet --json > fleet & watch=$!
                await 'grep -q "\\"workers\\":\\[{" fleet'
                await 'grep -q "\\"fetched\\":2" fleet'
                kill -TERM $worker
                wait $worker
                wait $watch
                tail -n 1 fleet
                """)
            let last = try JSONValue(parsing: outcome.output)
            #expect(last["workers"] == .array([]))
            #expect(last["jobs"] == ["fetched": 2])
            #expect(last["spend"]?["day"] == 0.16)
        }
    }

    @Test(
        arguments: [
            ["work", "--slots", "0"], ["work", "--cap", "much"], ["jobs", "add"], ["jobs", "list", "--model", "x"],
            ["jobs", "add", "--model", "x", "--input", "y"], ["jobs", "list", "--fleet"], ["work", "a.lua", "b.lua"],
        ])
    func `a command line that makes no sense is refused with status 2`(words: [String]) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.split(separator: "\n").count <= 3)
    }
}

extension ScratchFolder {
    fileprivate func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: file(folder)).sorted()) ?? []
    }
}
