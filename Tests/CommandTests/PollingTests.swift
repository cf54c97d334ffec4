import Foundation
import Synchronization
import TestSupport
import Testing

/// `submitAndPoll` and `poll` as scripts see them, against a server that tells the statuses it is given, one a look;
/// the last stays. In none of these is a job submitted twice.
@Suite(.timeLimit(.minutes(5)))
struct PollingTests {
    private func run(_ looks: [RudeServer.Answer], _ lines: String) async throws -> String {
        let left = Mutex(looks)
        let posts = Mutex(0)
        let outcome = try await RudeServer.with { method, path in
            if method == "POST" {
                posts.withLock { $0 += 1 }
                return .reply("200 OK", #"{"job_id":"job_1","status":"pending"}"#)
            }
            if path.hasSuffix("/content") {
                return left.withLock { $0.first?.bytes.contains("completed") ?? false }
                    ? .reply("200 OK", "clip", type: "video/mp4") : .reply("409 Conflict", "{}")
            }
            return left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        } _: { url in
            let command = try Command()
            try command.scratch.write(
                "script.lua",
                """
                local decart = require("decart")
                local client = decart.createDecartClient({ baseUrl = arg[1], maxRetries = 0 })
                local job = {
                  model = "lucy-2.5", data = decart.blob("x", "video/mp4"), policy = decart.policy.fixed(1),
                }
                local function try(options, call) -- luacheck: ignore
                  for key, value in pairs(options) do job[key] = value end
                  local ok, e = pcall(call or client.queue.submitAndPoll, job)
                  if ok then print(e.status, e.job_id, e.data and e.data:text() or e.error) return end
                  print(e.code, e.data.job_id, e.data.currentStatus)
                  return e
                end
                \(lines)
                """)
            return try await command.run("script.lua", url)
        }
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(posts.withLock { $0 } <= 1)
        return outcome.output
    }

    private func looks(_ statuses: String...) -> [RudeServer.Answer] {
        statuses.map { .reply("200 OK", #"{"job_id":"job_1","status":"\#($0)"}"#) }
    }

    @Test func `each change is told once, each look every time, and the policy is asked before each`() async throws {
        let output = try await run(
            looks("pending", "processing", "odd", "processing", "completed"),
            """
            try {
              onStatusChange = function(seen) print("change", seen.status) end,
              onPoll = function(seen) print("look", seen.status) end,
              policy = function(poll)
                print("asked", poll.attempt, poll.status, poll.jobId, poll.model, poll.elapsed >= 0, poll.lastError)
                return 1
              end,
            }
            """)
        #expect(
            output == """
                change\tpending
                asked\t0\tpending\tjob_1\tlucy-2.5\ttrue\tnil
                look\tpending
                asked\t1\tpending\tjob_1\tlucy-2.5\ttrue\tnil
                look\tprocessing
                change\tprocessing
                asked\t2\tprocessing\tjob_1\tlucy-2.5\ttrue\tnil
                look\todd
                change\todd
                asked\t3\todd\tjob_1\tlucy-2.5\ttrue\tnil
                look\tprocessing
                change\tprocessing
                asked\t4\tprocessing\tjob_1\tlucy-2.5\ttrue\tnil
                look\tcompleted
                change\tcompleted
                completed\tjob_1\tclip

                """)
    }

    @Test(arguments: [
        (#"{"job_id":"job_1","status":"failed","error":"too dark"}"#, "too dark"),
        (#"{"job_id":"job_1","status":"failed","error":{"message":"too dark"}}"#, "too dark"),
        (#"{"job_id":"job_1","status":"failed"}"#, "Job failed"), (#"{"status":"failed","error":null}"#, "Job failed"),
    ])
    func `a failed job is a value with its reason`(body: String, reason: String) async throws {
        #expect(try await run([.reply("200 OK", body)], "try {}") == "failed\tjob_1\t\(reason)\n")
    }

    @Test(arguments: [
        ("'soon'", "returned"), ("0/0", "returned"), ("-1", "returned -1"), ("math.huge", "returned inf"),
        ("{}", "returned table"), ("true", "returned true"), ("error('oops')", "failed: "),
        ("decart.sleep(1)", "failed: "),
    ])
    func `a policy that gives no number is INVALID_POLICY with its place and the id`(
        answer: String, told: String
    ) async throws {
        let output = try await run(
            looks("processing"), "local e = try { policy = function() return \(answer) end }\nprint(e.message)")
        #expect(output.hasPrefix("INVALID_POLICY\tjob_1\tpending\nthe policy at script.lua:13 "))
        #expect(output.contains(told))
    }

    @Test func `a policy's nil gives up with the id`() async throws {
        let output = try await run(
            looks("processing"), "try { policy = function(poll) return poll.attempt < 2 and 1 or nil end }")
        #expect(output == "TIMEOUT\tjob_1\tprocessing\n")
    }

    @Test func `a wait does not depend on what a script makes of decart's own functions`() async throws {
        let output = try await run(
            looks("completed"), "decart.timeout, decart.sleep = nil, nil try { timeout = 60000 }")
        #expect(output == "completed\tjob_1\tclip\n")
    }

    @Test func `at the deadline there is one last look`() async throws {
        // Long enough for a submit on a busy machine.
        let options = "{ timeout = 8000, policy = decart.policy.fixed(3600000) }"
        #expect(try await run(looks("processing"), "try \(options)") == "TIMEOUT\tjob_1\tprocessing\n")
        #expect(try await run(looks("completed"), "try \(options)") == "completed\tjob_1\tclip\n")
    }

    @Test func `a look that fails is missed, and the policy is told`() async throws {
        let output = try await run(
            [.reply("503 Busy", "{}"), .reply("429 Slow down", "{}"), .reply("200 OK", "what?")] + looks("completed"),
            """
            try { policy = function(poll) print(poll.lastError and poll.lastError.code) return 1 end }
            """)
        #expect(
            output == """
                nil
                QUEUE_STATUS_ERROR
                QUEUE_STATUS_ERROR
                QUEUE_STATUS_ERROR
                completed\tjob_1\tclip

                """)
    }

    @Test(arguments: [
        ("404 Not Found", "NOT_FOUND"), ("400 Bad", "QUEUE_STATUS_ERROR"), ("403 No", "QUEUE_STATUS_ERROR"),
    ])
    func `a refusal ends the wait with the id`(status: String, code: String) async throws {
        #expect(try await run([.reply(status, "{}")], "try {}") == "\(code)\tjob_1\tpending\n")
    }

    @Test func `a signal ends the wait at once with the id`() async throws {
        let output = try await run(
            looks("processing"),
            """
            local controller = decart.abortController()
            try {
              signal = controller.signal,
              policy = decart.policy.fixed(3600000),
              onStatusChange = function() setTimeout(function() controller:abort("enough") end, 0) end,
            }
            """)
        #expect(output.hasPrefix("CANCELLED\tjob_1"))
    }

    @Test func `poll looks at once, and a result of an unfinished job is JOB_NOT_COMPLETED`() async throws {
        let output = try await run(
            looks("processing"),
            """
            try({}, function() return client.queue.result("job_1") end)
            try({}, function()
              return client.queue.poll("job_1", { policy = function(poll) print(poll.attempt) end })
            end)
            """)
        #expect(output == "JOB_NOT_COMPLETED\tjob_1\tprocessing\n1\nTIMEOUT\tjob_1\tprocessing\n")
    }

    @Test(arguments: [
        ("{ timeout = '5' }", "timeout of submitAndPoll must be a number"),
        ("{ policy = 5 }", "policy of submitAndPoll must be a function"),
        ("{ onPoll = true }", "onPoll of submitAndPoll must be a function"),
        ("{ signal = {} }", "signal must be the signal of an abortController"),
    ])
    func `an option of the wrong kind is INVALID_OPTIONS and submits nothing`(
        options: String, told: String
    ) async throws {
        let output = try await run(
            looks("completed"),
            """
            for key, value in pairs(\(options)) do job[key] = value end
            local _, e = pcall(client.queue.submitAndPoll, job)
            print(e.code, e.message)
            print(select(2, pcall(client.queue.poll, "job_1", { nonsense = 1 })))
            """)
        #expect(output.hasPrefix("INVALID_OPTIONS\t\(told)"))
        #expect(output.contains("INVALID_OPTIONS: poll knows no option \"nonsense\""))
    }
}
