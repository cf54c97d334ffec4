import DecartAPI
import Foundation
import RunClock
import Testing

@testable import LocalQueue

@Suite(.timeLimit(.minutes(5)))
struct QueueFaultTests {
    private static func plan(_ faults: [JobPlan.PlannedFault], expiresAfter: Int64? = nil) -> JobPlan {
        var plan = JobPlan(steps: [.init(status: "pending", lasts: 1000), .init(status: "completed", lasts: 0)])
        plan.needsWorker = false
        plan.faults = faults
        plan.expiresAfter = expiresAfter
        return plan
    }

    private func settings(_ answer: @escaping @Sendable (SubmittedJob) -> SubmitAnswer) -> QueueSettings {
        var settings = QueueSettings(seed: 1)
        settings.planner = answer
        return settings
    }

    @Test func `a fault is met by so many looks, or for so long`() {
        var engine = QueueEngine(settings: QueueSettings(), seed: 1)
        let (id, _) = engine.submit(
            at: 0,
            plan: Self.plan([
                .init(after: 100, extent: .polls(2), fault: .cut),
                .init(after: 500, extent: .milliseconds(200), fault: .hang),
            ]))
        let met = [50, 100, 300, 301, 499, 500, 600, 700, 900].map { engine.fault(of: id, at: $0) }
        #expect(met == [nil, .cut, .cut, nil, nil, .hang, .hang, nil, nil])
        #expect(engine.fault(of: "job_none", at: 100) == nil)
    }

    @Test func `a job that is planned needs no worker and expires when its plan says so`() {
        var engine = QueueEngine(settings: QueueSettings(concurrency: 1), seed: 1)
        let ids = (0..<5).map { _ in engine.submit(at: 0, plan: Self.plan([], expiresAfter: 2000)).id }
        for id in ids {
            #expect(engine.entry(of: id, at: 1000)?.timetable.status(at: 1000) == .completed)
            #expect(engine.entry(of: id, at: 1999) != nil)
            #expect(engine.entry(of: id, at: 2000) == nil)
        }
    }

    @Test func `a timetable with faults outlives a restart`() throws {
        var engine = QueueEngine(settings: QueueSettings(), seed: 1)
        let table = engine.submit(
            at: 5, plan: Self.plan([.init(after: 1, extent: .polls(1), fault: .refusal(status: 429, retryAfter: 2))])
        ).entry.timetable
        #expect(try JSONDecoder().decode(JobTimetable.self, from: JSONEncoder().encode(table)) == table)
        let old = #"{"phases":[{"from":0,"status":"pending"}]}"#
        #expect(try JSONDecoder().decode(JobTimetable.self, from: Data(old.utf8)).faults == nil)
        let named =
            #"{"phases":[{"from":0,"status":"pending"}],"troubles":[{"from":1,"extent":{"looks":{"_0":2}},"#
            + #""fault":{"cut":{}}}]}"#
        let fault = JobTimetable.PlannedFault(from: 1, extent: .polls(2), fault: .cut)
        #expect(try JSONDecoder().decode(JobTimetable.self, from: Data(named.utf8)).faults == [fault])
    }

    @Test func `over a socket a refusal says when to come again, a cut ends the connection, a hang answers nothing`()
        async throws
    {
        let clock = VirtualClock()
        let settings = settings { job in
            switch job.number {
            case 1: .fault(.refusal(status: 429, retryAfter: 2001))
            case 2: .fault(.cut)
            case 3: .plannerFailed("s.lua:1: no")
            default:
                .job(
                    Self.plan([
                        .init(after: 0, extent: .polls(1), fault: .cut),
                        .init(after: 0, extent: .polls(1), fault: .refusal(status: 503, retryAfter: nil)),
                        .init(after: 1, extent: .polls(1), fault: .hang),
                    ]))
            }
        }
        try await RunningServer.with(.init(settings: settings, clips: .builtIn), clock: clock) { server in
            let refused = try await server.submit()
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "3")
            await #expect(throws: (any Error).self) { try await server.submit() }
            let unplanned = try await server.submit()
            #expect(unplanned.status == 422)
            #expect(unplanned.text.contains("s.lua:1: no"))
            let id = try #require(try await server.submit().json["job_id"]?.text)
            await #expect(throws: (any Error).self) { try await server.send("GET", "/v1/jobs/\(id)") }
            let unavailable = try await server.send("GET", "/v1/jobs/\(id)")
            #expect(unavailable.status == 503)
            #expect(unavailable.headers["retry-after"] == nil)
            clock.advance(by: .milliseconds(1))
            // One of two polls is answered; the other still waits when the server shuts down, which does not wait
            // for it.
            let (answers, answered) = AsyncStream<Int>.makeStream()
            for _ in 0..<2 {
                Task { answered.yield((try? await server.send("GET", "/v1/jobs/\(id)").status) ?? 0) }
            }
            #expect(await answers.first { _ in true } == 200)
        }
    }

    @Test func `without a socket they come as the client would see them`() async throws {
        let clock = VirtualClock(mode: .manual)
        let settings = settings { _ in
            .job(
                Self.plan([
                    .init(after: 0, extent: .polls(1), fault: .cut), .init(after: 0, extent: .polls(1), fault: .hang),
                ]))
        }
        let queue = try InProcessQueue(settings: settings, clock: clock, address: "http://queue")
        let form = MultipartForm(parts: [.init(name: "prompt", content: .text([65]))])
        let submitted = try await queue.send(
            TransportRequest(.post, url: "http://queue/v1/jobs/lucy-pro-t2v", body: .form(form)))
        guard case .bytes(let bytes) = submitted.body else { return #expect(Bool(false), "no bytes") }
        let id = try #require(try JSONValue(parsing: bytes)["job_id"]?.text)
        let poll = TransportRequest(.get, url: "http://queue/v1/jobs/\(id)", idleTimeout: .seconds(7))
        let cut = await #expect(throws: TransportError.self) { try await queue.send(poll) }
        #expect(cut?.kind == .network)
        let hanging = Task { try await queue.send(poll).status }
        while clock.pendingWakes == 0 { await Task.yield() }
        clock.advance(by: .seconds(7))
        let timeout = await #expect(throws: TransportError.self) { try await hanging.value }
        #expect(timeout?.kind == .timeout)
        #expect(try await queue.send(poll).status == 200)
    }

    @Test func `a queue in the process answers for its own address alone`() async throws {
        let queue = try InProcessQueue(clock: VirtualClock(), address: "http://queue.local")
        #expect(try await queue.send(TransportRequest(.get, url: "http://queue.local/v1/jobs/x")).status == 404)
        for url in ["https://example.com/a.png", "http://queue.local.example.com/", "http://queue.local"] {
            let failure = await #expect(throws: TransportError.self) {
                try await queue.send(TransportRequest(.get, url: url))
            }
            #expect(failure?.reach == .neverSent)
        }
    }
}
