import Foundation
import LocalQueue
import Synchronization
import TestSupport
import Testing

/// `decart.policy.learned` and the jitters, as scripts see them; what is kept from run to run.
@Suite(.timeLimit(.minutes(5)))
struct LearnedPolicyTests {
    private static let quick = QueueSettings(pending: .zero, processing: .milliseconds(200), concurrency: 40)
    private static let script = """
        local client = decart.createDecartClient()
        local learned = decart.policy.learned { interval = 40, min = 10 }
        local function wait()
          local eta
          local result = client.queue.submitAndPoll {
            model = "lucy-pro-t2v", prompt = "x", policy = learned,
            onPoll = function(_, poll) eta = poll.eta or eta end,
          }
          assert(result.status == "completed")
          return eta
        end
        local before = wait()
        local list = {}
        for i = 1, 24 do list[i] = i end
        decart.map(list, wait)
        local eta = wait()
        print(before ~= nil, eta ~= nil and 0 < eta.from and eta.from <= eta.to)
        """

    private func run(_ command: Command, _ words: [String]) async throws -> Command.Outcome {
        try await command.run(words + ["-e", Self.script])
    }

    private func kept(_ command: Command) -> [String]? {
        command.scratch.bytes("state/decart-lua/durations.csv").map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test func `what one run learns the next one knows`() async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let (first, second) = try await RunningQueue.with(Self.quick) { [command] url in
            (try await run(command, ["--base-url", url]), try await run(command, ["--base-url", url]))
        }
        #expect(first.output == "false\ttrue\n", "\(first.errors)")
        #expect(second.output == "true\ttrue\n", "\(second.errors)")
        let lines = try #require(kept(command))
        #expect(lines.first == "model,after_ms,before_ms")
        #expect(lines.count == 53)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("lucy-pro-t2v,") })
    }

    @Test func `a run on a queue of this machine's keeps nothing`() async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let code = """
            local client = decart.createDecartClient()
            client.queue.submitAndPoll { model = "lucy-pro-t2v", prompt = "x", policy = decart.policy.learned {} }
            """
        #expect(try await command.run("--local", "-e", code).exitCode == 0)
        #expect(kept(command) == nil)
    }

    @Test(arguments: [
        "garbage\n", "model,after_ms,before_ms\nm,5,1\n", "model,after_ms,before_ms\nm,1,nan\n", "\u{FFFD}\0",
    ])
    func `a damaged file is put aside with a warning, and learning starts anew`(contents: String) async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        try command.scratch.write("state/decart-lua/durations.csv", contents)
        let outcome = try await RunningQueue.with(Self.quick) { [command] url in
            try await run(command, ["--base-url", url])
        }
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "false\ttrue\n")
        #expect(outcome.errors.contains("durations.csv is damaged; it was renamed"))
        #expect(command.scratch.bytes("state/decart-lua/durations.csv.damaged") == Data(contents.utf8))
        #expect(kept(command)?.count == 27)
    }

    @Test func `a line that was cut short is left out and not joined to the next`() async throws {
        var command = try Command()
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        try command.scratch.write("state/decart-lua/durations.csv", "model,after_ms,before_ms\nm,1.0,2.0\nm,3.0,4")
        let outcome = try await RunningQueue.with(Self.quick) { [command] url in
            try await run(command, ["--base-url", url])
        }
        #expect(!outcome.errors.contains("durations"))
        #expect(kept(command)?.prefix(3).dropFirst().first == "m,1.0,2.0")
        #expect(kept(command)?.count == 28)
    }

    @Test func `a file that cannot be written is a warning, once`() async throws {
        var command = try Command()
        try command.scratch.write("state", "in the way")
        command.environment["XDG_STATE_HOME"] = command.scratch.file("state")
        let outcome = try await RunningQueue.with(Self.quick) { [command] url in
            try await run(command, ["--base-url", url])
        }
        #expect(outcome.output == "false\ttrue\n")
        #expect(outcome.errors.components(separatedBy: "durations are not kept").count == 2, "\(outcome.errors)")
    }

    @Test(arguments: [
        ("{ cost = 1 }", "policy.learned knows no option \"cost\". Did you mean lookCost?"),
        ("{ lookCost = 0 }", "lookCost of policy.learned must be a number from 1e-09 up, not 0"),
        ("{ min = 0/0 }", "min of policy.learned"), ("{ max = math.huge }", "max of policy.learned"),
        ("{ min = 100, max = 50 }", "min of policy.learned, 100, is more than max, 50"),
        ("{ budget = 0 }", "budget of policy.learned"), ("{ interval = '5' }", "interval of policy.learned"),
        ("{ file = 5 }", "file of policy.learned must be a string or false, not 5"),
        ("{ file = '' }", "file of policy.learned"),
    ])
    func `options that will not do are named`(options: String, complaint: String) async throws {
        let code = "local _, e = pcall(decart.policy.learned, \(options)) print(e.code, e.message)"
        let outcome = try await Command().run("-e", code)
        #expect(outcome.output.hasPrefix("INVALID_OPTIONS\t"))
        #expect(outcome.output.contains(complaint), "\(outcome.output)")
    }

    @Test func `without knowing better it looks at a fixed interval, less often after a 429 and within its budget`()
        async throws
    {
        let code = """
            local function between(low, value, high) assert(low <= value and value <= high, value) end
            local policy = decart.policy.learned { interval = 1000 }
            between(900, policy { attempt = 0, jobId = "a", elapsed = 0 }, 1100)
            between(1800, policy { attempt = 1, jobId = "a", elapsed = 0, lastError = { status = 429 } }, 2200)
            local shared = decart.policy.learned { interval = 1000, budget = 2 }
            for i = 1, 8 do shared { attempt = 0, jobId = "job" .. i, elapsed = 0 } end
            between(3600, shared { attempt = 1, jobId = "job1", elapsed = 0 }, 4400)
            between(3600, decart.policy.learned { budget = 2, interval = 1000 } { jobId = "job1" }, 4400)
            print("ok")
            """
        #expect(try await Command().run("-e", code).output == "ok\n")
    }

    /// The table in policies.lua.
    @Test func `the jitters keep to their formulas`() async throws {
        let code = """
            local function draw(options, attempt, times)
              options.initial, options.factor, options.max = 1000, 2, 10000
              local policy = decart.policy.exponential(options)
              local low, high, sum = math.huge, 0, 0
              for i = 1, times do
                local delay = policy { attempt = attempt, jobId = "job" .. i }
                low, high, sum = math.min(low, delay), math.max(high, delay), sum + delay
              end
              return low, high, sum / times
            end
            local function near(a, b) return math.abs(a - b) < 150 end
            local low, high = draw({}, 2, 9)
            assert(low == 4000 and high == 4000)
            local mean
            low, high, mean = draw({ jitter = "full" }, 2, 5000)
            assert(near(low, 0) and near(high, 4000) and near(mean, 2000))
            low, high, mean = draw({ jitter = "equal" }, 2, 5000)
            assert(near(low, 2000) and near(high, 4000) and near(mean, 3000))
            low, high, mean = draw({ jitter = "decorrelated" }, 0, 5000)
            assert(near(low, 1000) and near(high, 3000) and near(mean, 2000))
            -- From one delay to the next of the same job: between initial and three times the last, at most max.
            local policy = decart.policy.exponential { jitter = "decorrelated", initial = 1000, max = 10000 }
            for i = 1, 500 do
              local last
              for attempt = 0, 9 do
                local delay = policy { attempt = attempt, jobId = "job" }
                assert(delay >= 1000 and delay <= math.min(10000, 3 * (last or 1000)))
                last = delay
              end
            end
            assert(decart.policy.exponential { initial = 0 } { attempt = 5000 } == 0)
            print("ok")
            """
        let outcome = try await Command().run("-e", code)
        #expect(outcome.output == "ok\n", "\(outcome.errors)")
    }

    @Test func `a job that this run submitted has its age and model when it is waited for by its id`() async throws {
        let code = """
            local client = decart.createDecartClient()
            local job = client.queue.submit { model = "lucy-pro-t2v", prompt = "x" }
            decart.sleep(20)
            local model, age, elapsed
            client.queue.poll(job.job_id, { policy = function(poll)
              model, age, elapsed = poll.model, poll.age, poll.elapsed
              return 20
            end })
            print(model, age >= 20 and age > elapsed)
            """
        let looks = Mutex(0)
        let outcome = try await RudeServer.with { method, path in
            if path.hasSuffix("/content") { return .reply("200 OK", "bytes", type: "video/mp4") }
            let count =
                method == "POST"
                ? 0
                : looks.withLock {
                    $0 += 1
                    return $0
                }
            return .reply("200 OK", #"{"job_id":"job_abc","status":"\#(count > 2 ? "completed" : "processing")"}"#)
        } _: { url in
            try await Command().run("--base-url", url, "-e", code)
        }
        #expect(outcome.output == "lucy-pro-t2v\ttrue\n", "\(outcome.errors)")
    }
}
