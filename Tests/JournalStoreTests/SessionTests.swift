import JobJournal
import SQLJournal
import TestSupport
import Testing

@testable import SQLiteJournal

@Suite(.timeLimit(.minutes(5)))
struct SessionTests {
    @Test(
        "What a dead process was sending is unknown to others, and its open jobs are free", arguments: Engine.allCases)
    func dead(engine: Engine) async throws {
        let place = try Place(engine)
        let first = place.store("s1")
        for name in ["a", "b"] { _ = try await first.admit(intent(name)) }
        try await first.record(change("b", .accept, jobID: "job-b"))
        // Its lock goes with it: without the file nobody holds one.
        try place.kill("s1")
        let second = place.store("s2")
        #expect(try await second.jobs(JobQuery(states: [.unknown])).map(\.submission) == ["a"])
        let adopted = try await second.adopt(open(), held: [])
        #expect(adopted.map(\.submission) == ["b"])
        #expect(adopted.map(\.session) == ["s2"])
        #expect(adopted.map(\.fence) == [3])
        #expect(try await second.jobs(JobQuery()).first { $0.submission == "a" }?.charge == Money(micros: 100))
    }

    @Test("A living process keeps its jobs, and what it is sending is being sent", arguments: Engine.allCases)
    func alive(engine: Engine) async throws {
        let place = try Place(engine)
        let first = place.store("s1")
        for name in ["a", "b"] { _ = try await first.admit(intent(name, key: name)) }
        try await first.record(change("b", .accept, jobID: "job-b"))
        let second = place.store("s2")
        #expect(
            try await second.adopt(open(), held: []).isEmpty)
        #expect(try await second.jobs(JobQuery(states: [.sending])).count == 1)
        guard case .wait = try await second.admit(intent("c", key: "a")) else {
            Issue.record("a job that is being sent was not waited for")
            return
        }
    }

    @Test("One living process has a run that was given its name", arguments: Engine.allCases)
    func oneRun(engine: Engine) async throws {
        let place = try Place(engine)
        let first = place.store("s1", run: "batch", ownsRun: true)
        _ = try await first.admit(intent("a", run: "batch"))
        let second = place.store("s2", run: "batch", ownsRun: true)
        let error = await #expect(throws: JournalError.self) { try await second.admit(intent("b", run: "batch")) }
        #expect(error?.kind == .runInUse)
        try await first.finish(endedWell: true, at: 3000)
        #expect(try await second.admit(intent("b", run: "batch")) == .send)
    }

    @Test(
        "At a good end, results that were only in memory have served; at a bad one they are still to be fetched",
        arguments: Engine.allCases)
    func finish(engine: Engine) async throws {
        for endedWell in [true, false] {
            let place = try Place(engine)
            let first = place.store("s1")
            for name in ["a", "b"] {
                _ = try await first.admit(intent(name))
                try await first.record(change(name, .accept, jobID: name))
            }
            try await first.record(change("a", .complete))
            try await first.finish(endedWell: endedWell, at: 3000)
            let rows = try await place.store("s2").jobs(JobQuery())
            #expect(rows.first { $0.submission == "a" }?.state == (endedWell ? .consumed : .completed))
            #expect(rows.first { $0.submission == "b" }?.state == .accepted)
            #expect(rows.allSatisfy { $0.session == nil })
            if engine == .sqlite {
                #expect(place.files == ["jobs.sqlite", "jobs.sqlite-shm", "jobs.sqlite-wal", "sessions"])
            }
        }
    }

    @Test(
        "A process that was taken for dead all the same begins again, and has none of its jobs",
        arguments: Engine.allCases)
    func takenForDead(engine: Engine) async throws {
        let place = try Place(engine)
        let first = place.store("s1")
        _ = try await first.enqueue([wanted("a"), wanted("b")])
        let had = try #require(try await first.claim(request(1)).rows.first)
        try place.kill("s1")
        let second = place.store("s2")
        #expect(try await second.claim(request(1)).rows.map(\.submission) == ["a"])
        #expect(try await first.claim(request(1)).rows.map(\.session) == ["s1-2"])
        #expect(try await first.admit(intent("own")) == .send)
        var send = change("a", .send)
        send.fence = had.fence
        #expect(try await !first.record(send).isApplied)
        #expect(first.ownSession == "s1-2")
        try await first.finish(endedWell: false, at: 3000)
        #expect(try await second.jobs(JobQuery(states: [.claimed])).map(\.submission) == ["a"])
    }

    @Test("A lock is held once, seen by others, and gone when it is released")
    func locks() throws {
        let folder = try ScratchFolder()
        let mine = FileLocks(folder: folder.file("sessions"))
        let theirs = FileLocks(folder: folder.file("sessions"))
        #expect(!theirs.isAlive("s"))
        try mine.take("s")
        #expect(theirs.isAlive("s"))
        #expect(throws: SQLError.self) { try theirs.take("s") }
        mine.release("s")
        #expect(!theirs.isAlive("s"))
    }
}
