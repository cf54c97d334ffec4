import Foundation
import GRDB
import JobJournal
import SQLJournal
import TestSupport
import Testing

@testable import SQLiteJournal

@Suite(.timeLimit(.minutes(5)))
struct JournalFileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
    }

    private func rights(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    @Test("Nobody else may read it")
    func rights() async throws {
        let path = folder.file("state/decart-lua/jobs.sqlite")
        let store = SQLiteJournal.store(at: path, isDefault: true, session: session("s"), clock: VirtualTime.clock) {
            _ in
        }
        _ = try await store.admit(intent("a"))
        #expect(try rights("state/decart-lua") == 0o700)
        #expect(try rights("state/decart-lua/sessions") == 0o700)
        for name in ["jobs.sqlite", "jobs.sqlite-wal", "sessions/s"] {
            #expect(try rights("state/decart-lua/\(name)") == 0o600)
        }
    }

    @Test("Only the default's folder is made")
    func foldersOfNamed() async throws {
        let path = folder.file("missing/jobs.sqlite")
        let store = SQLiteJournal.store(at: path, isDefault: false, session: session("s"), clock: VirtualTime.clock) {
            _ in
        }
        let error = await #expect(throws: JournalError.self) { try await store.admit(intent("a")) }
        #expect(error?.kind == .place)
        #expect(folder.names.isEmpty)
    }

    @Test("A damaged header is put aside, never deleted, and said")
    func damaged() async throws {
        let first = store(folder, "s1")
        _ = try await first.admit(intent("a"))
        try await first.finish(endedWell: true, at: 0)
        var bytes = try #require(folder.bytes("jobs.sqlite"))
        bytes.replaceSubrange(0..<4, with: [0, 1, 2, 3])
        try folder.write("jobs.sqlite", bytes: bytes)
        let warnings = Warnings()
        let second = store(folder, "s2", warnings: warnings)
        #expect(try await second.admit(intent("b")) == .send)
        #expect(try await second.jobs(JobQuery()).map(\.submission) == ["b"])
        #expect(warnings.all.count == 1)
        let aside = try #require(folder.names.first { $0.contains(".damaged-") && $0.hasSuffix("Z") })
        #expect(folder.bytes(aside) == bytes)
    }

    @Test("A file that is something else is left as it is")
    func foreign() async throws {
        try folder.write("notes.txt", "do not touch, this is not a database at all")
        let named = SQLiteJournal.store(
            at: folder.file("notes.txt"), isDefault: false, session: session("s"), clock: VirtualTime.clock
        ) { _ in }
        let error = await #expect(throws: JournalError.self) { try await named.admit(intent("a")) }
        #expect(error?.kind == .damaged)
        #expect(folder.text("notes.txt") == "do not touch, this is not a database at all")

        let other = try DatabaseQueue(path: folder.file("other.sqlite"))
        try await other.write { try $0.execute(sql: "create table theirs (x)") }
        try other.close()
        let another = SQLiteJournal.store(
            at: folder.file("other.sqlite"), isDefault: false, session: session("s"), clock: VirtualTime.clock
        ) { _ in }
        await #expect(throws: JournalError.self) { try await another.admit(intent("a")) }
    }

    @Test("A later format is read and not written")
    func newer() async throws {
        let first = store(folder, "s1")
        _ = try await first.admit(intent("a"))
        let database = try DatabaseQueue(path: folder.file("jobs.sqlite"))
        try await database.write { try $0.execute(sql: "update meta set value = '2' where name = 'format'") }
        let second = store(folder, "s2")
        #expect(try await second.jobs(JobQuery()).count == 1)
        let error = await #expect(throws: JournalError.self) { try await second.admit(intent("b")) }
        #expect(error?.kind == .newerFormat)
    }

    @Test("An id that the journal could not take is in accepted.log, and taken in by the next process")
    func acceptedLog() async throws {
        let first = store(folder, "s1")
        for name in ["a", "b"] { _ = try await first.admit(intent(name)) }
        for name in ["a", "b"] {
            #expect(await first.keepAside(change(name, .accept, jobID: "job-\(name)")) == folder.file("accepted.log"))
        }
        let theirs = #"{"acceptedAt":1,"jobId":"x","journal":"other.sqlite","submission":"x"}"#
        try folder.write("accepted.log", (folder.text("accepted.log") ?? "") + theirs + "\n")
        let second = store(folder, "s2")
        _ = try await second.admit(intent("c"))
        #expect(
            Set(try await second.jobs(JobQuery(states: [.accepted])).map(\.jobID)) == ["job-a", "job-b"])
        #expect(folder.text("accepted.log") == theirs + "\n")
    }

    @Test("A late id lands on a row that has been called unknown")
    func lateID() async throws {
        let first = store(folder, "s1")
        _ = try await first.admit(intent("a"))
        _ = await first.keepAside(change("a", .accept, jobID: "job-a"))
        try folder.remove("sessions/s1")
        let second = store(folder, "s2")
        _ = try await second.admit(intent("b"))
        #expect(try await second.jobs(JobQuery(states: [.accepted])).map(\.jobID) == ["job-a"])
        #expect(folder.text("accepted.log") == nil)
    }

    @Test("An id whose submit is in no row, as in a journal that was brought back from a copy, is kept on")
    func idWithoutRow() async throws {
        let first = store(folder, "s1")
        _ = try await first.admit(intent("a"))
        for name in ["a", "gone"] { _ = await first.keepAside(change(name, .accept, jobID: "job-\(name)")) }
        let second = store(folder, "s2")
        _ = try await second.admit(intent("b"))
        #expect(try await second.jobs(JobQuery(states: [.accepted])).map(\.jobID) == ["job-a"])
        #expect(folder.text("accepted.log")?.contains("job-gone") == true)
        #expect(folder.text("accepted.log")?.contains("job-a") == false)
    }

    @Test("What an older journal lacks is not called done where the disk is full")
    func makesLater() throws {
        let old = OldJournal()
        #expect(throws: SQLError(.diskFull, "full")) { try SQLiteJournal.make(on: old) }
        old.isFull = false
        try SQLiteJournal.make(on: old)
        #expect(old.made == ["worker"])
    }

    /// A journal of before there were workers.
    private final class OldJournal: SQLConnection {
        let dialect = SQLDialect.exclusive
        var isFull = true
        var made: [String] = []

        func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
            if sql.contains("sqlite_master") { return (["meta", "job"] + made).map { [.text($0)] } }
            if sql.contains("create table") {
                guard !isFull else { throw SQLError(.diskFull, "full") }
                made.append("worker")
            }
            return []
        }

        func damages() throws(SQLError) -> [String] { [] }
        func begin(durable: Bool) throws(SQLError) {}
        func commit() throws(SQLError) {}
        func rollback() {}
    }

    @Test("A repeated id is recorded and told, and means the newest job")
    func repeatedID() async throws {
        let store = store(folder)
        for (time, name) in ["a", "b"].enumerated() { _ = try await store.admit(intent(name, at: Int64(time))) }
        #expect(try await !store.record(change("a", .accept, jobID: "1")).repeatsID)
        #expect(try await store.record(change("b", .accept, jobID: "1")).repeatsID)
        #expect(try await store.job(.job(server: "https://server", id: "1"))?.submission == "b")
        #expect(try await store.check().count == 1)
    }

    @Test("Jobs are found by the beginning of an id, and by their key")
    func names() async throws {
        let store = store(folder)
        for name in ["aa", "ab"] { _ = try await store.admit(intent(name, key: "key \(name)")) }
        try await store.record(change("ab", .accept, jobID: "job_%1"))
        #expect(try await store.jobs(.named("id-a")).count == 2)
        #expect(try await store.jobs(.named("id-aa")).map(\.submission) == ["aa"])
        #expect(try await store.jobs(.named("job_")).map(\.submission) == ["ab"])
        #expect(try await store.jobs(.named("job%")).isEmpty)
        #expect(try await store.jobs(.named("key aa")).map(\.submission) == ["aa"])
    }

    @Test("A forgotten job leaves nothing but its charge, and that goes when its day is over")
    func forget() async throws {
        let store = store(folder)
        for name in ["a", "b"] {
            _ = try await store.admit(intent(name, key: name))
            try await store.record(change(name, .lose))
        }
        #expect(try await store.forget(submissions: ["a", "none"], at: 3000) == 1)
        #expect(try await store.jobs(JobQuery()).map(\.submission) == ["b"])
        #expect(
            try await store.spend(account: nil, run: nil, today: "2026-08-01", caps: []).day == Money(micros: 200))
        #expect(try await store.admit(intent("c", key: "a", content: "other")) == .send)
        try await store.finish(endedWell: true, at: 0)
        #expect(try await store.prune(before: 0, today: "2026-08-01") == 0)
        #expect(
            try await store.spend(account: nil, run: nil, today: "2026-08-01", caps: []).day == Money(micros: 300))
        _ = try await store.prune(before: 5000, today: "2026-08-02")
        #expect(try await store.spend(by: .day).map(\.jobs) == [])
    }

    @Test("A job that waits can be forgotten, and its key is free then; it is not over because it is old")
    func forgetWaiting() async throws {
        let store = store(folder)
        _ = try await store.enqueue([wanted("a", key: "k", cost: nil), wanted("b")])
        #expect(try await store.prune(before: 5000, today: "2026-08-01") == 0)
        #expect(try await store.forget(submissions: ["a"], at: 3000) == 1)
        #expect(try await store.enqueue([wanted("c", key: "k", content: "other")]) == [.added])
        #expect(try await store.claim(request(9)).rows.map(\.submission) == ["b", "c"])
        #expect(try await store.forget(submissions: ["b"], at: 3000) == 0, "somebody has it")
    }

    @Test("What was spent is told by day, run, label and model")
    func spend() async throws {
        let store = store(folder)
        _ = try await store.admit(intent("a", run: "r1", label: "l", at: 1))
        _ = try await store.admit(intent("b", run: "r2", day: "2026-08-02", at: 2))
        #expect(try await store.spend(by: .day).map(\.name) == ["2026-08-02", "2026-08-01"])
        #expect(try await store.spend(by: .run).map(\.charge) == [Money(micros: 100), Money(micros: 100)])
        #expect(try await store.spend(by: .label).map(\.name) == [nil, "l"])
        #expect(try await store.spend(by: .model) == [SpendRow(name: "lucy-2.5", jobs: 2, charge: Money(micros: 200))])
    }

    @Test("Jobs whose cost nobody can tell are counted, those of them that may have cost something")
    func unpriced() async throws {
        let store = store(folder)
        for (number, event) in [nil, JobEvent.lose, .refuse].enumerated() {
            _ = try await store.admit(intent("\(number)", cost: nil))
            if let event { try await store.record(change("\(number)", event)) }
        }
        _ = try await store.admit(intent("priced"))
        _ = try await store.admit(intent("other account", account: "other", cost: nil))
        _ = try await store.admit(intent("yesterday", cost: nil, day: "2026-07-31"))
        _ = try await store.enqueue([wanted("waiting", cost: nil)])
        #expect(try await store.spend(account: nil, run: nil, today: "2026-08-01", caps: []).unpriced == 3)
        #expect(try await store.spend(account: "account", run: nil, today: "2026-08-01", caps: []).unpriced == 2)
        #expect(try await store.spend(by: .day).map(\.unpriced).sorted() == [1, 3])
    }
}
