import DecartAPI
import RunClock
import Testing

@testable import DecartClient

/// A wait as a table: at which millisecond what happens, and what is to be done then.
struct JobWaitTests {
    struct Row: Sendable {
        var ms: Int64
        var event: JobWait.Event
        var action: String

        init(_ ms: Int64, _ event: JobWait.Event, _ action: String) {
            (self.ms, self.event, self.action) = (ms, event, action)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The submit's reply, and when the submit began; nil for a wait that knows an id only.
        var submit: (status: String, began: Int64)?
        var timeout: Duration?
        var rows: [Row]

        init(_ name: String, submit: (status: String, began: Int64)? = nil, timeout: Duration? = nil, _ rows: Row...) {
            (self.name, self.submit, self.timeout, self.rows) = (name, submit, timeout, rows)
        }

        var testDescription: String { name }

        func begin(at now: RunInstant) throws -> JobWait {
            guard let submit else { return JobWait(for: try makeJob("j"), timeout: timeout, at: now) }
            return JobWait(after: try reply(submit.status), timeout: timeout, from: instant(submit.began), at: now)
        }
    }

    private static func cases() throws -> [Case] {
        try [
            Case(
                "a wait for an id polls at once and asks the policy after each poll",
                Row(0, .start, "poll"),
                Row(20, .reply(reply("pending")), "report pending poll change"),
                Row(20, .reported, "ask 1 pending 20"),
                Row(20, .delay(.milliseconds(100)), "sleep 120"),
                Row(120, .woke, "poll"),
                Row(130, .reply(reply("pending")), "report pending poll"),
                Row(130, .reported, "ask 2 pending 130"),
                Row(130, .delay(.zero), "sleep 131"),
                Row(131, .woke, "poll"),
                Row(140, .reply(reply("completed")), "report completed poll change"),
                Row(140, .reported, "completed")),
            Case(
                "a wait after a submit reports its reply and asks before the first poll", submit: ("pending", 0),
                Row(70, .start, "report pending change"),
                Row(75, .reported, "ask 0 pending 5"),
                Row(80, .delay(.milliseconds(500)), "sleep 580"),
                Row(580, .woke, "poll"),
                Row(600, .reply(reply("processing")), "report processing poll change")),
            Case(
                "a job that is finished at the submit's reply needs no poll", submit: ("completed", 0),
                Row(0, .start, "report completed change"), Row(0, .reported, "completed")),
            Case(
                "delays count from the policy's answer, however long reply and policy took",
                Row(0, .start, "poll"),
                Row(900, .reply(reply("pending")), "report pending poll change"),
                Row(1500, .reported, "ask 1 pending 1500"),
                Row(2000, .delay(.milliseconds(100)), "sleep 2100")),
            Case(
                "an unknown status is not finished",
                Row(0, .start, "poll"),
                Row(0, .reply(reply("dreaming")), "report dreaming poll change"),
                Row(0, .reported, "ask 1 dreaming 0")),
            Case(
                "the floor of a missed poll's delay is its Retry-After, and of no later one",
                Row(0, .start, "poll"),
                Row(10, .failure(refused(429, after: .seconds(7))), "ask 1 nil 10 QUEUE_STATUS_ERROR"),
                Row(10, .delay(.milliseconds(1500)), "sleep 7010"),
                Row(7010, .woke, "poll"),
                Row(7010, .reply(reply("pending")), "report pending poll change"),
                Row(7010, .reported, "ask 2 pending 7010"),
                Row(7010, .delay(.milliseconds(1500)), "sleep 8510")),
            Case(
                "a longer delay than Retry-After stays",
                Row(0, .start, "poll"),
                Row(0, .failure(refused(503, after: .seconds(1))), "ask 1 nil 0 QUEUE_STATUS_ERROR"),
                Row(0, .delay(.seconds(9)), "sleep 9000")),
            Case(
                "the deadline cuts a sleep short for one last poll", timeout: .milliseconds(2000),
                Row(0, .start, "poll within 5000"),
                Row(10, .reply(reply("pending")), "report pending poll change"),
                Row(10, .reported, "ask 1 pending 10"),
                Row(10, .delay(.seconds(60)), "sleep 2000"),
                Row(2000, .woke, "poll within 5000"),
                Row(2100, .reply(reply("pending")), "report pending poll"),
                Row(
                    2100, .reported,
                    "gave up: it took longer than 2000 ms; job j is pending and goes on. Wait for it again with "
                        + "client.queue.poll(id).")),
            Case(
                "the last poll may bring the end", timeout: .milliseconds(2000),
                Row(0, .start, "poll within 5000"),
                Row(10, .reply(reply("pending")), "report pending poll change"),
                Row(10, .reported, "ask 1 pending 10"),
                Row(10, .delay(.seconds(60)), "sleep 2000"),
                Row(2000, .woke, "poll within 5000"),
                Row(2100, .reply(reply("failed", ["error": "no GPU"])), "report failed poll change"),
                Row(2100, .reported, "failed: no GPU")),
            Case(
                "a poll may take what is left of the wait, or 5 s where that is more", timeout: .seconds(60),
                Row(0, .start, "poll within 60000"),
                Row(20_000, .failure(timedOut), "ask 1 nil 20000 TIMEOUT"),
                Row(20_000, .delay(.seconds(37)), "sleep 57000"),
                Row(57_000, .woke, "poll within 5000"),
                Row(
                    62_000, .failure(timedOut),
                    "gave up: it took longer than 60000 ms; job j is in an unknown state and goes on. Wait for it again "
                        + "with client.queue.poll(id).")),
            Case(
                "a Retry-After beyond the deadline does not move it", timeout: .seconds(2),
                Row(0, .start, "poll within 5000"),
                Row(0, .failure(refused(429, after: .seconds(86_400))), "ask 1 nil 0 QUEUE_STATUS_ERROR"),
                Row(0, .delay(.zero), "sleep 2000")),
            Case(
                "a submit that used up the timeout still gets its one poll", submit: ("pending", 0),
                timeout: .milliseconds(333.5),
                Row(4000, .start, "report pending change"),
                Row(4000, .reported, "poll within 5000"),
                Row(4100, .reply(reply("processing")), "report processing poll change"),
                Row(
                    4100, .reported,
                    "gave up: it took longer than 333.5 ms; job j is processing and goes on. Wait for it again with "
                        + "client.queue.poll(id).")),
            Case(
                "a policy may give up",
                Row(0, .start, "poll"),
                Row(0, .reply(reply("pending")), "report pending poll change"),
                Row(0, .reported, "ask 1 pending 0"),
                Row(
                    0, .delay(nil),
                    "gave up: the policy gave up after 1 poll; job j is pending and goes on. Wait for it again with "
                        + "client.queue.poll(id).")),
            Case(
                "a policy may not go back in time",
                Row(0, .start, "poll"),
                Row(0, .reply(reply("pending")), "report pending poll change"),
                Row(0, .reported, "ask 1 pending 0"),
                Row(
                    0, .delay(.milliseconds(-5)),
                    "stopped: INVALID_POLICY: The policy returned -5 ms; it must return the time until the next poll, from "
                        + "0 up, or nil to give up. The job goes on.")),
        ]
    }

    @Test(arguments: try cases()) func `each event leads to one action`(of plan: Case) throws {
        var wait = try plan.begin(at: instant(plan.rows[0].ms))
        for row in plan.rows {
            let action = wait.next(row.event, at: instant(row.ms))
            #expect(text(action) == row.action)
            if case .end(.gaveUp(let error)) = action { #expect(error.code == .timeout) }
            if case .end(.gaveUp(let error)) = action { #expect(error.data["job_id"] == "j") }
        }
    }

    @Test(arguments: [
        (refused(404), true), (refused(401), true), (refused(422), true), (refused(302), true),
        (DecartError(.notFound, "gone", status: 404), true), (DecartError(.cancelled, "cancelled"), true),
        (DecartError(.invalidInput, "no id"), true),
        (refused(408), false), (refused(429), false), (refused(500), false), (refused(503), false),
        (DecartError(.queueStatusError, "not JSON", status: 200), false),
        (DecartError(.networkError, "reset"), false), (timedOut, false),
    ])
    func `what will stay so ends the wait, with id and status; the rest is a missed poll`(
        error: DecartError, ends: Bool
    )
        throws
    {
        var wait = JobWait(for: try makeJob("j"), at: .start)
        _ = wait.next(.start, at: .start)
        _ = wait.next(.reply(try reply("processing")), at: .start)
        switch wait.next(.failure(error), at: .start) {
        case .end(.stopped(let stopped)):
            #expect(ends)
            #expect(stopped.code == error.code)
            #expect(stopped.data["job_id"] == "j")
            #expect(stopped.data["currentStatus"] == "processing")
        case .askPolicy(let question):
            #expect(!ends)
            #expect(question.lastError?.code == error.code)
            #expect(question.status == .processing)
        case let other: Issue.record("\(other)")
        }
    }

    @Test(
        arguments: [
            ("no GPU", "no GPU"), ("", "Job failed"), (.null, "Job failed"), (7, "Job failed"),
            (["code": 7], "Job failed"),
            (["message": "no GPU", "detail": "x"], "no GPU"), (["message": "", "detail": "x"], "x"),
            (["detail": "no GPU"], "no GPU"),
        ] as [(JSONValue, String)])
    func `a failure's reason is the server's, as text or in a table`(error: JSONValue, reason: String) throws {
        #expect(try reply("failed", ["error": error]).failureReason == reason)
    }

    @Test func `ages count from the submit: unfinished when the poll was sent, completed when the reply came`() throws {
        var wait = JobWait(after: try reply("pending"), from: instant(0), at: instant(100))
        _ = wait.next(.start, at: instant(100))
        for (sent, came, status) in [(600, 650, "pending"), (2100, 2200, "processing"), (3600, 3700, "completed")] {
            _ = wait.next(.woke, at: instant(Int64(sent)))
            _ = wait.next(.reply(try reply(status)), at: instant(Int64(came)))
        }
        #expect(wait.sightings.unfinished == .milliseconds(2000))
        #expect(wait.sightings.completed == .milliseconds(3600))
    }

    @Test func `no age is known of a job whose submit nobody saw`() throws {
        var wait = JobWait(for: try makeJob("j"), at: instant(0))
        _ = wait.next(.start, at: instant(0))
        _ = wait.next(.reply(try reply("completed")), at: instant(10))
        #expect(wait.sightings == JobWait.Sightings())
    }
}

private func instant(_ ms: Int64) -> RunInstant { RunInstant(nanoseconds: ms * 1_000_000) }

private func reply(_ status: String, _ members: [String: JSONValue] = [:]) throws -> JobReply {
    JobReply(id: try JobID("j"), status: JobStatus(rawValue: status), members: members)
}

private let timedOut = DecartError(.timeout, "the poll took too long", retryable: true)

private func refused(_ status: Int, after: Duration? = nil) -> DecartError {
    DecartError(.queueStatusError, "refused", status: status, retryAfter: after)
}

private func text(_ action: JobWait.Action) -> String {
    func ms(_ duration: Duration) -> String { JobWait.milliseconds(duration) }
    switch action {
    case .poll(let limit): return "poll" + (limit.map { " within \(ms($0))" } ?? "")
    case .report(let reply, let isOfPoll, let isChange):
        return "report \(reply.status.rawValue)" + (isOfPoll ? " poll" : "") + (isChange ? " change" : "")
    case .askPolicy(let question):
        let error = question.lastError.map { " \($0.code.rawValue)" } ?? ""
        return "ask \(question.attempt) \(question.status?.rawValue ?? "nil") \(ms(question.elapsed))\(error)"
    case .sleep(let instant): return "sleep \(JobWait.milliseconds(instant - .start))"
    case .end(.completed): return "completed"
    case .end(.failed(_, let reason)): return "failed: \(reason)"
    case .end(.gaveUp(let error)): return "gave up: \(error.message)"
    case .end(.stopped(let error)): return "stopped: \(error)"
    }
}
