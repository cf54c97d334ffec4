import DecartAPI
import Foundation
import LocalQueue
import Synchronization
import TestSupport
import Testing

/// A journal in PostgreSQL as users have it on two machines.
@Suite(.timeLimit(.minutes(5)))
struct DatabaseJournalTests {
    private static let password = "hush-hush-1"

    /// A machine of a studio's: a state of its own, and the same database and queue as the others.
    private static func machine(_ url: String, _ database: String) throws -> Command {
        let server = try PostgresServer.shared.get()
        var command = try Command()
        let journal = "postgres://postgres:\(password)@/\(database)?host=\(server.folder)"
        command.environment = [
            "DECART_BASE_URL": url, "DECART_JOURNAL": journal, "XDG_STATE_HOME": command.scratch.path + "/state",
            "HOME": command.scratch.path,
        ]
        try command.scratch.write(
            "submit.lua",
            """
            local client = require("decart").createDecartClient()
            print(client.queue.submit({ model = "lucy-2.5", data = "in.mp4", prompt = "x", key = arg[1], maxSeconds = 4 }).job_id)
            if arg[2] then os.exit(tonumber(arg[2])) end
            """)
        try command.scratch.write("in.mp4", "not a video")
        return command
    }

    private func withMachines(
        _ settings: QueueSettings = QueueSettings(pending: .zero, processing: .zero),
        _ body: @Sendable (_ first: Command, _ second: Command) async throws -> Void
    ) async throws {
        let database = try await PostgresServer.shared.get().newDatabase()
        try await RunningQueue.with(settings) { url in
            try await body(try Self.machine(url, database), try Self.machine(url, database))
        }
    }

    @Test func `a database without a journal says how to make one, and nothing is submitted before`() async throws {
        try await withMachines { first, second in
            for words in [["submit.lua", "k"], ["jobs"], ["resume"], ["spend"], ["journal", "check"]] {
                let outcome = try await first.run(words)
                #expect(outcome.exitCode == 1)
                #expect(outcome.errors.contains("decart-lua journal migrate"), "\(words)")
                #expect(!outcome.everything.contains(Self.password))
            }
            #expect(
                try await first.run("journal", "migrate").output.hasPrefix("Made a journal in postgres://postgres@/"))
            #expect(try await second.run("journal", "migrate").output.hasSuffix(" is up to date.\n"))
            #expect(try await first.run("submit.lua", "k").exitCode == 0)
        }
    }

    @Test func `machines share keys, caps and what a run has left behind`() async throws {
        try await withMachines { first, second in
            _ = try await first.run("journal", "migrate")
            let submitted = try await first.run("submit.lua", "shot")
            #expect(submitted.errors.contains("decart-lua resume"))
            #expect(try await second.run("submit.lua", "shot").output == submitted.output)
            #expect(try await first.run("submit.lua", "exit", "3").exitCode == 3)
            #expect(try await first.run("spend", "--set", "day=0.35").exitCode == 0)
            #expect(try await second.run("submit.lua", "more").errors.contains("OVER_BUDGET"))
            let resumed = try await second.run("resume")
            #expect(resumed.exitCode == 0)
            #expect(second.scratch.names.count { $0.hasPrefix("job_") && !$0.hasSuffix(".json") } == 2)
            let listed = try await first.run("jobs", "--json")
            guard case .array(let jobs)? = try JSONValue(parsing: listed.output)["jobs"] else {
                Issue.record("no list")
                return
            }
            #expect(jobs.map { $0["state"]?.text } == ["fetched", "fetched"])
            for outcome in [submitted, resumed, listed, try await first.run("journal", "check")] {
                #expect(!outcome.everything.contains(Self.password) && !outcome.everything.contains(Command.key))
            }
        }
    }

    @Test func `two machines do the jobs of one queue, each of them once, also where one of them is killed`()
        async throws
    {
        let prompts = Mutex<[String]>([])
        var settings = QueueSettings(pending: .zero, processing: .milliseconds(300), concurrency: 100)
        settings.planner = { submit in
            let prompt = submit.inputs.first { $0.name == "prompt" }
            prompts.withLock { $0.append(String(decoding: prompt?.value ?? [], as: UTF8.self)) }
            return .usual
        }
        try await withMachines(settings) { first, second in
            _ = try await first.run("journal", "migrate")
            let lines = (1...12).map { "lucy-pro-t2v,prompt \($0),shot-\($0)\n" }
            try first.scratch.write("jobs.csv", "model,prompt,key\n" + lines.joined())
            let added = try await first.run("jobs", "add", "--from", "jobs.csv")
            #expect(added.output == "12 jobs added\n", "\(added.everything)")
            // A third one, whose jobs nobody waits for: a process of this machine that is gone is seen to be dead.
            let killed = try await first.runThroughShell(
                """
                "$1" work --slots 2 > /dev/null 2>&1 & worker=$!
                program=$1
                await '"$program" jobs --json | grep -q "\\"jobId\\":\\""'
                kill -KILL $worker
                wait $worker
                """)
            #expect(killed.exitCode == 128 + SIGKILL, "\(killed.everything)")
            async let one = first.run("work", "--once", "--slots", "2")
            async let two = second.run("work", "--once", "--slots", "2")
            for outcome in [try await one, try await two] {
                #expect(outcome.exitCode == 0, "\(outcome.everything)")
                #expect(!outcome.everything.contains(Self.password) && !outcome.everything.contains(Command.key))
            }
            let listed = try await second.run("jobs", "--json")
            guard case .array(let jobs)? = try JSONValue(parsing: listed.output)["jobs"] else {
                Issue.record("no list")
                return
            }
            let unknown = jobs.filter { $0["state"] == "unknown" }
            #expect(unknown.count <= 2, "what the killed one was just sending")
            #expect(jobs.count { $0["state"] == "fetched" } == 12 - unknown.count, "\(listed.output)")
            let sent = prompts.withLock { $0 }
            #expect(Set(sent).count == sent.count, "none is submitted twice")
            #expect(sent.count >= 12 - unknown.count)
            let saved = (first.scratch.names + second.scratch.names).filter {
                $0.hasPrefix("shot-") && $0.hasSuffix(".mp4")
            }
            #expect(Set(saved).count == 12 - unknown.count, "\(saved)")
            #expect(try await first.run("journal", "check").exitCode == 0)
        }
    }

    @Test(arguments: [
        ("postgres:host/jobs", "is no address of a database"),
        ("postgres://me:hush/hush-1@host/jobs", "cannot be read"),
        ("postgres://me:hush-hush-1@127.0.0.1:1/jobs", "cannot be reached"),
    ])
    func `an address that is wrong is told, and a password in it is not`(address: String, words: String) async throws {
        var command = try Command()
        command.environment = ["DECART_JOURNAL": address, "HOME": command.scratch.path]
        let outcome = try await command.run("jobs")
        #expect(outcome.exitCode != 0)
        #expect(outcome.errors.contains(words))
        #expect(!outcome.everything.contains("hush"))
    }
}
