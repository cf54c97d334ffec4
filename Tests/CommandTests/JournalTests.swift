import DecartAPI
import Foundation
import LocalQueue
import Synchronization
import TestSupport
import Testing

/// The journal as users have it: runs of scripts, and the commands about it.
@Suite(.timeLimit(.minutes(5)))
struct JournalTests {
    private static let submit = """
        local decart = require("decart")
        local client = decart.createDecartClient()
        local job = client.queue.submit {
          model = "lucy-pro-t2v", prompt = "a sunset", key = arg[1], maxSeconds = 4,
        }
        print(job.job_id)
        """

    /// The folder of a user's settings: a price for a model that has none.
    private static let prices: ScratchFolder = {
        do {
            let folder = try ScratchFolder()
            try folder.write(
                "decart-lua/prices.json", #"{"prices": {"/v1/jobs/lucy-pro-t2v": {"perSecond": 0.04}}}"#)
            return folder
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// A queue that counts the submits that reach it.
    private func withQueue<Value: Sendable>(
        _ body: @Sendable (_ command: Command, _ posts: @Sendable () -> Int) async throws -> Value
    ) async throws -> Value {
        let counter = Counter()
        var settings = QueueSettings(pending: .zero, processing: .zero)
        settings.planner = { _ in
            counter.add()
            return .usual
        }
        return try await RunningQueue.with(settings) { url in
            var command = try Command()
            command.environment = [
                "DECART_BASE_URL": url, "XDG_STATE_HOME": command.scratch.path + "/state",
                "XDG_CONFIG_HOME": Self.prices.path,
            ]
            try command.scratch.write("submit.lua", Self.submit)
            return try await body(command, { counter.count })
        }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    private func jobs(_ command: Command, _ options: String...) async throws -> [JSONValue] {
        let outcome = try await command.run(["jobs", "--json"] + options)
        guard case .array(let jobs)? = try JSONValue(parsing: outcome.output)["jobs"] else { return [] }
        return jobs
    }

    @Test func `a run writes down what it pays for, and a key is paid for once`() async throws {
        try await withQueue { command, posts in
            let first = try await command.run("submit.lua", "shot-1")
            let second = try await command.run("submit.lua", "shot-1")
            #expect(first.output == second.output)
            #expect(posts() == 1)
            let row = try #require(try await jobs(command).first)
            #expect(row["jobId"]?.text == first.output.trimmingCharacters(in: .newlines))
            #expect(row["state"] == "accepted")
            #expect(row["key"] == "shot-1")
            #expect(row["run"]?.text?.hasPrefix("submit.lua 20") == true)
            #expect(first.errors.contains("decart-lua resume"))
            #expect(!first.everything.contains(Command.key))
        }
    }

    @Test func `resume fetches what was left behind, once`() async throws {
        try await withQueue { command, posts in
            let id = try await command.run("submit.lua").output.trimmingCharacters(in: .newlines)
            let resumed = try await command.run("resume", "--to", "results")
            #expect(resumed.exitCode == 1, "its folder is not there")
            try FileManager.default.createDirectory(
                atPath: command.scratch.file("results"), withIntermediateDirectories: true)
            let again = try await command.run("resume", "--to", "results")
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(again.output == "\(id): saved as \(command.scratch.path)/results/\(id).mp4\n")
            #expect(command.scratch.bytes("results/\(id).mp4.json") != nil)
            #expect(try await jobs(command, "--state", "fetched").count == 1)
            #expect(try await command.run("resume").output == "There is nothing to go on with.\n")
            #expect(posts() == 1)
        }
    }

    @Test func `a run that is resumed does not pay again`() async throws {
        try await withQueue { command, posts in
            let first = try await command.run("--run", "night", "submit.lua")
            let again = try await command.run("--resume-run", "night", "submit.lua")
            #expect(first.output == again.output)
            #expect(posts() == 1)
            _ = try await command.run("submit.lua")
            #expect(posts() == 2)
        }
    }

    @Test func `a cap stops a submit before it is sent`() async throws {
        try await withQueue { command, posts in
            let outcome = try await command.run("--cap", "0.10", "submit.lua")
            #expect(outcome.exitCode == 1)
            #expect(outcome.errors.contains("OVER_BUDGET"))
            #expect(outcome.errors.contains("$0.16"))
            _ = try await command.run("spend", "--set", "day=0.20")
            #expect(try await command.run("submit.lua").exitCode == 0)
            #expect(try await command.run("submit.lua").errors.contains("spend --set"))
            #expect(posts() == 1)
            let spend = try JSONValue(parsing: try await command.run("spend", "--json").output)
            #expect(spend == ["day": 0.16, "run": 0.16, "unknown": 0.0, "caps": ["day": 0.2]])
            #expect(try await command.run("spend", "--model").output.contains("lucy-pro-t2v  1     $0.16"))
        }
    }

    @Test func `jobs whose cost nobody can tell are told beside what is spent`() async throws {
        try await withQueue { command, _ in
            var poor = command
            poor.environment["XDG_CONFIG_HOME"] = command.scratch.path + "/config"
            for key in ["a", "b"] { _ = try await poor.run("submit.lua", key) }
            _ = try await command.run("submit.lua", "c")
            let spend = try await poor.run("spend")
            #expect(spend.output.contains("today:    $0.16\n"), "\(spend.everything)")
            #expect(spend.output.contains("unpriced: 2 of today's jobs"))
            #expect(spend.output.contains("decart-lua/prices.json"))
            #expect(try await poor.run("spend", "--model").output.contains("$0.16, and 2 unpriced"))
        }
    }

    @Test func `a key needs a journal`() async throws {
        try await withQueue { command, posts in
            let outcome = try await command.run("--journal", "off", "submit.lua", "shot-1")
            #expect(outcome.errors.contains("JOURNAL_UNAVAILABLE"))
            let missing = try await command.run("--journal", "missing/jobs.sqlite", "submit.lua")
            #expect(missing.errors.contains("JOURNAL_UNAVAILABLE"))
            #expect(posts() == 0)
            #expect(try await command.run("--journal", "off", "submit.lua").exitCode == 0)
            #expect(posts() == 1)
        }
    }

    @Test func `the program's own journal that cannot be used is missed, and no more`() async throws {
        try await withQueue { command, posts in
            try command.scratch.write("state", "a file where a folder should be")
            let outcome = try await command.run("submit.lua")
            #expect(outcome.exitCode == 0)
            #expect(outcome.errors.contains("the run goes on without it"))
            #expect(posts() == 1)
        }
    }

    @Test func `a script that submits nothing, and a local queue, leave no journal`() async throws {
        try await withQueue { command, _ in
            _ = try await command.run("-e", "decart.createDecartClient()")
            var local = command
            local.environment["DECART_JOURNAL"] = "named.sqlite"
            let outcome = try await local.run("--local", "submit.lua", "shot-1")
            #expect(outcome.exitCode == 0)
            #expect(command.scratch.names == ["submit.lua"])
            let empty = try await command.run("jobs")
            #expect(empty.output.hasPrefix("No jobs yet."))
            #expect(try await command.run("resume").exitCode == 0)
            #expect(try await command.run("journal", "check").exitCode == 0)
            #expect(command.scratch.names == ["submit.lua"])
        }
    }

    @Test func `a key that is two jobs', at two servers, is none's name`() async throws {
        try await withQueue { command, _ in
            _ = try await command.run("submit.lua", "shot-1")
            try await RunningQueue.with { url in
                _ = try await command.run("--base-url", url, "submit.lua", "shot-1")
            }
            let ids = try await jobs(command).compactMap { $0["id"]?.text }
            #expect(ids.count == 2)
            for action in [["forget"], ["resolve", "--no-job"], ["show"]] {
                let outcome = try await command.run(["jobs"] + action + ["shot-1"])
                #expect(outcome.exitCode == 1)
                #expect(ids.allSatisfy(outcome.errors.contains), "\(outcome.everything)")
            }
            #expect(try await command.run("jobs", "show", ids[0]).output.contains("shot-1"))
        }
    }

    @Test func `a job is shown as the table that makes it again`() async throws {
        try await withQueue { command, _ in
            try command.scratch.write(
                "quoted.lua",
                #"""
                require("decart").createDecartClient().queue.submit {
                  model = "lucy-pro-t2v", prompt = "a \"b\"\nc", seed = 7, key = "k",
                }
                """#)
            _ = try await command.run("quoted.lua")
            let shown = try await command.run("jobs", "show", "k")
            let table = try #require(shown.output.components(separatedBy: "\nsubmit ").last)
            #expect(table.contains(#"prompt = "a \"b\"\nc","#))
            #expect(table.contains("seed = 7,"))
            try command.scratch.write("again.lua", "local t = \(table) print(t.prompt, t.seed, t.model)")
            #expect(try await command.run("again.lua").output == "a \"b\"\nc\t7\tlucy-pro-t2v\n")
        }
    }

    @Test(
        arguments: [
            ["jobs", "wat"], ["jobs", "show"], ["jobs", "--state", "lost"], ["jobs", "--since", "then"],
            ["jobs", "resolve", "x"], ["jobs", "prune"], ["spend", "--set", "week=1"], ["spend", "--day", "--run"],
            ["journal"], ["--cap", "much", "x.lua"], ["--run", "a", "--resume-run", "b", "x.lua"],
        ])
    func `a command line that makes no sense is refused with status 2`(words: [String]) async throws {
        let outcome = try await Command().run(words)
        #expect(outcome.exitCode == 2)
        #expect(outcome.errors.split(separator: "\n").count <= 3)
    }

    private static let wait = """
        local decart = require("decart")
        local client = decart.createDecartClient()
        local outcome = client.queue.submitAndPoll {
          model = "lucy-pro-t2v", prompt = "a sunset", policy = decart.policy.fixed(1),
        }
        """

    @Test(arguments: [("os.exit(true)", "consumed"), ("os.exit(3)", "completed"), ("", "consumed")])
    func `a run gives up what it had, also by os exit`(end: String, state: JSONValue) async throws {
        try await withQueue { command, _ in
            try command.scratch.write("wait.lua", "\(Self.wait) \(end)")
            _ = try await command.run("wait.lua")
            let sessions = command.scratch.file("state/decart-lua/sessions")
            #expect(try FileManager.default.contentsOfDirectory(atPath: sessions).isEmpty)
            #expect(try await jobs(command).map { $0["state"] } == [state])
        }
    }

    @Test(arguments: ["", "os.exit(0)"])
    func `a video that was shown in a page that nobody opened is saved, and written down as that`(
        end: String
    ) async throws {
        try await withQueue { command, _ in
            try command.scratch.write("show.lua", "\(Self.wait) decart.displayVideo(outcome.data) \(end)")
            let outcome = try await command.runThroughShell(
                """
                mkfifo errors
                heeding "$1" --web show.lua 2>errors & run=$!
                while read -r line; do
                  echo "$line" >&2
                  case "$line" in *'the script has ended'*) kill -INT $run ;; esac
                done <errors
                wait $run
                """)
            let row = try #require(try await jobs(command).first)
            let id = try #require(row["jobId"]?.text)
            #expect(row["state"] == "fetched", "\(outcome.everything)")
            #expect(row["result"]?.text == "\(command.scratch.path)/\(id).mp4")
            #expect(command.scratch.bytes("\(id).mp4.json") != nil)
        }
    }

    @Test(arguments: ["mount -o remount,ro tiny", "cat /dev/zero >tiny/fill 2>/dev/null"])
    func `a journal is still read where nothing can be written`(spoil: String) async throws {
        try await withQueue { command, posts in
            try command.scratch.write(
                "inside.sh",
                """
                mkdir tiny && mount -t tmpfs -o size=1m tmpfs tiny || exit 99
                export XDG_STATE_HOME="$PWD/tiny"
                "$1" submit.lua shot-1
                \(spoil)
                "$1" jobs
                "$1" journal check
                "$1" resume && exit 98
                "$1" submit.lua shot-2 && exit 97
                ls tiny/decart-lua/sessions
                """)
            let flags = getuid() == 0 ? "-m" : "-rm"
            let outcome = try await command.runThroughShell("exec unshare \(flags) sh inside.sh \"$1\"")
            #expect(outcome.exitCode == 0, "\(outcome.everything)")
            #expect(outcome.output.contains(/accepted .+ shot-1/))
            #expect(outcome.output.hasSuffix("jobs.sqlite: 1 job, nothing wrong\n"))
            #expect(outcome.errors.components(separatedBy: "JOURNAL_UNAVAILABLE").count == 3)
            #expect(posts() == 1)
        }
    }

    @Test func `what scripts see of the journal holds in Lua`() async throws {
        let outcome = try await Command().run("test", Repository.root + "/Tests/CommandTests/Lua/journal_test.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
    }

    @Test func `a batch that is killed five times goes on where it was and pays for nothing twice`() async throws {
        try await withQueue { command, posts in
            let batch = Repository.root + "/scripts/examples/batch"
            // Killed, or stopped by Ctrl-C, after some lines: whatever it is doing then.
            let outcome = try await command.runThroughShell(
                """
                for kill in KILL:3 INT:4 KILL:1 KILL:6 INT:2; do
                  mkfifo out
                  heeding "$1" -e "io.stdout:setvbuf('no')" '\(batch)/batch.lua' '\(batch)/prompts.csv' > out 2>> errors & run=$!
                  exec 3< out
                  for line in $(seq ${kill#*:}); do read -r text <&3; done
                  kill -${kill%:*} $run
                  cat <&3 > /dev/null
                  wait $run
                  rm out
                done
                "$1" '\(batch)/batch.lua' '\(batch)/prompts.csv'
                """)
            let saved = command.scratch.names.filter { $0.hasPrefix("shot-") && $0.hasSuffix(".mp4") }
            let unknown = try await jobs(command, "--state", "unknown").count
            #expect(saved.count + unknown == 30, "\(outcome.everything)")
            // Three kills, each amid five submits at most.
            #expect(saved.count >= 15)
            #expect(posts() <= 30)
            #expect(posts() >= saved.count)
            #expect(outcome.exitCode == (unknown == 0 ? 0 : 1))
            // A second time there is nothing left to pay for.
            let before = posts()
            _ = try await command.run("\(batch)/batch.lua", "\(batch)/prompts.csv")
            #expect(posts() == before)
        }
    }
}
