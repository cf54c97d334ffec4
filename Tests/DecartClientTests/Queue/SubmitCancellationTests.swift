import DecartAPI
import RunClock
import Testing

@testable import DecartClient

struct SubmitCancellationTests {
    private struct Run {
        var task: Task<DecartError, any Error>
        var clock: VirtualClock
        var gate: Gate
        var transport: ScriptedTransport
    }

    /// A submit that waits at the gate when this returns.
    private func start(hasBegun: Bool) async throws -> Run {
        let (gate, clock) = (Gate(), VirtualClock())
        let transport = ScriptedTransport([
            Play.wait(at: gate, hasBegun: hasBegun, then: 200, #"{"job_id":"late","status":"pending"}"#)
        ])
        let client = try makeClient(transport, clock: clock)
        let submission = try sunset()
        let task = Task { try await failure { () throws(DecartError) in try await client.queue.submit(submission) } }
        await gate.arrival()
        return Run(task: task, clock: clock, gate: gate, transport: transport)
    }

    @Test func `cancelled before anything was sent, it ends at once and there is no job`() async throws {
        let run = try await start(hasBegun: false)
        run.task.cancel()
        let error = try await run.task.value
        #expect(error.code == .cancelled)
        #expect(error.data["job_id"] == nil)
    }

    @Test func `cancelled while it is sent, it waits for the reply and tells the id`() async throws {
        let run = try await start(hasBegun: true)
        run.task.cancel()
        run.clock.advance(by: .seconds(4))
        run.gate.open()
        let error = try await run.task.value
        #expect(error.code == .cancelled)
        #expect(error.data["job_id"] == "late")
        #expect(run.clock.pendingWakes == 0)
    }

    @Test func `cancelled while it is sent, it is unknown after five seconds without a reply`() async throws {
        let run = try await start(hasBegun: true)
        run.task.cancel()
        #expect(run.clock.pendingWakes == 1)
        run.clock.advance(by: .seconds(5))
        let error = try await run.task.value
        #expect(error.code == .submitUnknown)
        #expect(run.transport.posts == 1)
    }

    @Test func `a submit of a task that is cancelled already sends nothing`() async throws {
        let transport = ScriptedTransport([])
        let client = try makeClient(transport)
        let submission = try sunset()
        let gate = Gate()
        let task = Task {
            _ = await gate.pass()
            return try await failure { () throws(DecartError) in try await client.queue.submit(submission) }
        }
        task.cancel()
        #expect(try await task.value.code == .cancelled)
        #expect(transport.requests.isEmpty)
    }
}
