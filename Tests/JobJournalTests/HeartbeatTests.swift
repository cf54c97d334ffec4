import DecartAPI
import JobJournal
import RunClock
import Testing

/// How a process says that it lives, until it does not any more.
@Suite(.timeLimit(.minutes(5)))
@MainActor
struct HeartbeatTests {
    private let store = IdleStore()
    private let clock = VirtualClock()
    private let journal: Journal

    init() {
        journal = Journal(
            settings: Journal.Settings(kind: .named("jobs"), run: Journal.Run(name: "run", isNamed: false)),
            store: store, clock: clock
        ) { _ in }
    }

    /// Submits a job, from where on there is a heartbeat.
    private func submit() async throws -> SubmitInFlight? {
        let content = JobContent(
            server: "https://server", account: "", model: "lucy-2.5", path: "/v1/jobs/lucy-2.5", fields: [], files: [])
        let ticket = try await journal.admit(JobDraft(content: content, key: nil, terms: SubmitTerms()))
        guard case .send(let sending) = ticket else { return nil }
        return sending
    }

    /// Lets time go on as long as it has to.
    private func until(_ isSo: () -> Bool) async throws {
        while !isSo() {
            try Task.checkCancellation()
            await Task.yield()
            clock.advanceToNextWake()
        }
    }

    @Test func `a process gives up its place only once nothing is on its way that says that it lives`() async throws {
        _ = try await submit()
        try await until { store.isRenewing }
        let finish = Task { await journal.finish(endedWell: true) }
        // It has had every chance to come first.
        for _ in 0..<1000 { await Task.yield() }
        #expect(store.asked == [])
        store.endRenewal()
        await finish.value
        #expect(store.asked == ["renew", "finish"])
        #expect(clock.pendingWakes == 0)
    }

    @Test func `an id that the journal could not take is written with the next heartbeat`() async throws {
        let sending = try #require(try await submit())
        store.isFull = true
        await journal.accepted(sending, try JobID("job-1"))
        #expect(store.asked == [])
        store.isFull = false
        try await until { store.isRenewing }
        store.endRenewal()
        try await until { store.asked == ["renew", "job-1"] }
        let finish = Task { await journal.finish(endedWell: true) }
        try await until {
            store.endRenewal()
            return store.asked.contains("finish")
        }
        await finish.value
    }
}
