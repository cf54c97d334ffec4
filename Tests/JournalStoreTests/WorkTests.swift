import JobJournal
import RunClock
import SQLJournal
import Synchronization
import TestSupport
import Testing

@testable import SQLiteJournal

/// Counts the statements that are run.
private final class CountingConnection: SQLConnection {
    private let connection: SQLiteConnection
    private let count: () -> Void

    init(_ connection: SQLiteConnection, _ count: @escaping () -> Void) {
        self.connection = connection
        self.count = count
    }

    var dialect: SQLDialect { connection.dialect }

    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
        count()
        return try connection.run(sql, arguments)
    }

    func damages() throws(SQLError) -> [String] { try connection.damages() }
    func begin(durable: Bool) throws(SQLError) { try connection.begin(durable: durable) }
    func commit() throws(SQLError) { try connection.commit() }
    func rollback() { connection.rollback() }
}

@Suite(.timeLimit(.minutes(5)))
struct WorkTests {
    private func rows(_ store: SQLStore) async throws -> [String: JobRow] {
        Dictionary(uniqueKeysWithValues: try await store.jobs(JobQuery()).map { ($0.submission, $0) })
    }

    @Test(
        "What is enqueued waits, uncharged, and is claimed by priority and age, charged, and with a fence",
        arguments: Engine.allCases)
    func claims(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        let added = try await store.enqueue([
            wanted("a", at: 1), wanted("b", at: 2), wanted("c", priority: 1, at: 3),
        ])
        #expect(added == [.added, .added, .added])
        #expect(
            try await rows(store).values.allSatisfy { $0.state == .wanted && $0.charge == .zero && $0.session == nil })
        let claim = try await store.claim(request(2, run: "worker"))
        #expect(claim.rows.map(\.submission) == ["c", "a"])
        #expect(claim.rows.allSatisfy { $0.state == .claimed && $0.session == "s1" && $0.fence == 1 })
        #expect(claim.rows.allSatisfy { $0.charge == Money(micros: 100) && $0.run == "worker" })
        #expect(claim.rows.map(\.period) == ["2026-08-01", "2026-08-01"])
        #expect(try await rows(store)["b"]?.state == .wanted)
    }

    @Test("Two workers never have the same job, and a label keeps a worker to its own", arguments: Engine.allCases)
    func distinct(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.enqueue((0..<6).map { wanted("\($0)", label: $0 % 2 == 0 ? "even" : nil, at: Int64($0)) })
        let other = place.store("s2")
        #expect(try await other.claim(request(9, label: "even")).rows.map(\.submission) == ["0", "2", "4"])
        #expect(try await store.claim(request(9)).rows.map(\.submission) == ["1", "3", "5"])
        #expect(try await other.claim(request(9)).rows.map(\.submission) == ["0", "2", "4"], "an answer that was lost")
        var known = request(9)
        known.held = ["0", "2", "4"]
        #expect(try await other.claim(known).rows.isEmpty)
    }

    @Test(
        "Only its owner sends a claimed job, and what is handed back waits again, uncharged", arguments: Engine.allCases
    )
    func fences(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.enqueue([wanted("a"), wanted("b")])
        let claimed = try await store.claim(request(2)).rows
        func send(_ store: SQLStore, _ submission: String, fence: Int) async throws -> Bool {
            var send = change(submission, .send)
            send.fence = fence
            send.isDurable = true
            return try await store.record(send).isApplied
        }
        let other = place.store("s2")
        #expect(try await !send(other, "a", fence: 1))
        #expect(try await !send(store, "a", fence: 0))
        #expect(try await send(store, "a", fence: 1))
        #expect(try await !send(store, "a", fence: 1), "once")
        var release = change("b", .release)
        release.fence = claimed[1].fence
        #expect(try await store.record(release).isApplied)
        let row = try #require(try await rows(store)["b"])
        #expect(row.state == .wanted && row.charge == .zero && row.session == nil && row.fence == 2)
        #expect(try await other.claim(request(1)).rows.map(\.fence) == [3])
        #expect(try await !send(store, "b", fence: 1))
    }

    @Test(
        "A file of jobs is added whole or not at all, and a job that is there already is that job",
        arguments: Engine.allCases)
    func enqueueAgain(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.enqueue([wanted("a", key: "k")])
        guard case .known(let row)? = try await store.enqueue([wanted("b", key: "k")]).first else {
            Issue.record("a known key was added again")
            return
        }
        #expect(row.submission == "a")
        let refused = try await store.enqueue([wanted("c", key: "new"), wanted("d", key: "k", content: "other")])
        guard case .keyReused(_, .content)? = refused.last else {
            Issue.record("a key with another content was taken")
            return
        }
        let twice = try await store.enqueue([wanted("e", key: "x"), wanted("f", key: "x", content: "other")])
        guard case .keyReused? = twice.last else {
            Issue.record("two contents of one key were taken from one file")
            return
        }
        #expect(try await rows(store).keys.sorted() == ["a"])
        #expect(try await store.enqueue((0..<250).map { wanted("many \($0)") }).allSatisfy { $0 == .added })
        #expect(try await rows(store).count == 251)
    }

    @Test(
        "A job that a cap has no room for stays, holds back what falls under the same cap, and nothing else",
        arguments: Engine.allCases)
    func caps(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        try await store.store(cap: Money(micros: 150), for: .label("dear"))
        _ = try await store.enqueue([
            wanted("a", label: "dear", at: 1), wanted("b", label: "dear", at: 2), wanted("c", at: 3),
            wanted("d", label: "dear", cost: Money(micros: 10), at: 4), wanted("e", cost: nil, at: 5),
        ])
        let claim = try await store.claim(request(9, caps: [Cap(.day, Money(micros: 250))]))
        #expect(claim.rows.map(\.submission) == ["a", "c"])
        #expect(claim.heldBack?.row.submission == "b")
        #expect(
            claim.heldBack?.reason
                == .overBudget(Cap(.label("dear"), Money(micros: 150), isStored: true), spent: Money(micros: 100)))
        let rest = try await place.store("s2").claim(request(9, caps: []))
        #expect(rest.rows.map(\.submission) == ["e"], "no cap is in force for it")
    }

    @Test(
        "Of jobs without a price, those that fall under a cap are left, and the first of them is told",
        arguments: Engine.allCases)
    func unpriced(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        try await store.store(cap: Money(micros: 500), for: .label("dear"))
        _ = try await store.enqueue([
            wanted("a", label: "dear", cost: nil, at: 1), wanted("b", label: "free", cost: nil, at: 2),
            wanted("c", label: "dear", at: 3), wanted("d", cost: nil, at: 4),
        ])
        let some = try await store.claim(request(2))
        #expect(some.rows.map(\.submission) == ["b", "c"])
        #expect(some.heldBack == nil, "it got what it asked for")
        var rest = request(9)
        rest.held = ["b", "c"]
        let claim = try await store.claim(rest)
        #expect(claim.rows.map(\.submission) == ["d"])
        #expect(claim.heldBack?.row.submission == "a")
        guard case .unpriced(Cap(.label("dear"), Money(micros: 500), isStored: true), _)? = claim.heldBack?.reason
        else {
            Issue.record("\(String(describing: claim.heldBack))")
            return
        }
        _ = try await store.enqueue([wanted("e", cost: nil, at: 5), wanted("f", at: 6)])
        let cap = Cap(.day, Money(micros: 1000))
        var capped = request(9, caps: [cap])
        capped.held = ["b", "c", "d"]
        let last = try await store.claim(capped)
        #expect(last.rows.map(\.submission) == ["f"])
        #expect(last.heldBack?.row.submission == "a")
    }

    @Test("However many jobs without a price there are, a claim asks the database a few times")
    func manyUnpriced() async throws {
        let folder = try ScratchFolder()
        let maker = store(folder)
        let none = (0..<2000).map { wanted("none \($0)", label: $0 % 2 == 0 ? "dear" : nil, cost: nil, at: Int64($0)) }
        let full = (0..<200).map { wanted("full \($0)", label: "full \($0)", at: Int64(3000 + $0)) }
        _ = try await maker.enqueue(none + full + (0..<4).map { wanted("good \($0)", at: Int64(9000 + $0)) })
        for number in 0..<200 { try await maker.store(cap: .zero, for: .label("full \(number)")) }
        let count = Mutex(0)
        let store = SQLStore(
            parts: SQLStore.Parts(session: session("s2"), locks: NoSessionLocks()), clock: VirtualClock(epoch: evening)
        ) { () throws(JournalError) in
            do throws(SQLError) {
                return CountingConnection(try SQLiteConnection(path: folder.file("jobs.sqlite"))) {
                    count.withLock { $0 += 1 }
                }
            } catch {
                throw JournalError(error)
            }
        }
        _ = try await store.renew(report())
        count.withLock { $0 = 0 }
        let claim = try await store.claim(request(3, caps: [Cap(.day, Money(micros: 100_000))]))
        #expect(claim.rows.map(\.submission) == ["good 0", "good 1", "good 2"])
        // One for each label that has no room left, of which each has to be asked for, and a few.
        #expect(count.withLock { $0 } < 250)
    }

    @Test(
        "What a dead worker had claimed waits again, what it was sending is unknown, and its open jobs are taken over",
        arguments: Engine.allCases)
    func takeOver(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.enqueue((0..<4).map { wanted("\($0)", at: Int64($0)) })
        let claimed = try await store.claim(request(3)).rows
        for row in claimed.dropFirst() { try await store.record(change(row.submission, .send)) }
        try await store.record(change("2", .accept, jobID: "job-2"))
        _ = try await store.renew(report())
        try place.kill("s1")
        let other = place.store("s2")
        let freed = try await other.freeDead()
        #expect(freed == Freed(), "the first write has seen to it")
        let states = try await rows(store).mapValues(\.state)
        #expect(states == ["0": .wanted, "1": .unknown, "2": .accepted, "3": .wanted])
        #expect(try await rows(store)["0"]?.charge == .zero)
        #expect(try await rows(store)["1"]?.charge == Money(micros: 100))
        let taken = try await other.adopt(open(limit: 5), held: [])
        #expect(taken.map(\.submission) == ["2"])
        #expect(taken.map(\.fence) == [3])
        var late = change("2", .complete)
        late.fence = 1
        #expect(try await !store.record(late).isApplied, "an owner that was")
        #expect(try await other.fleet().isEmpty)
    }

    @Test(
        "A worker's result that is saved nowhere has served nobody, however well its run ends",
        arguments: Engine.allCases)
    func unsaved(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        var row = wanted("a")
        row.dueAt = 1000
        _ = try await store.enqueue([row])
        _ = try await store.claim(request(1))
        _ = try await store.admit(intent("own"))
        for name in ["a", "own"] {
            if name == "a" { try await store.record(change(name, .send)) }
            try await store.record(change(name, .accept, jobID: "job-\(name)"))
            try await store.record(change(name, .complete))
        }
        try await store.finish(endedWell: true, at: 3000)
        #expect(try await rows(store).mapValues(\.state) == ["a": .completed, "own": .consumed])
        #expect(try await place.store("s2").adopt(open(), held: []).map(\.submission) == ["a"])
    }

    @Test("What is no rate limits nobody", arguments: [Double.infinity, -1, 0, 1e-300])
    func rates(perSecond: Double) async throws {
        let folder = try ScratchFolder()
        let store = store(folder)
        _ = try await store.renew(report(busy: 1, wanted: 1))
        let connection = try SQLiteConnection(path: folder.file("jobs.sqlite"))
        try connection.run(
            "insert into rate (server, account, per_second, halved_at) values ($1, $2, $3, $4)",
            [.text("https://server"), .text("account"), .real(perSecond), .integer(1_785_619_800_000)])
        let allowed = try await store.renew(report(busy: 1, wanted: 1)).allowed
        #expect(perSecond > 0 && perSecond < 1 ? allowed == 0.01 : allowed == nil)
    }

    @Test(
        "The workers that live are listed with what they do, and share what the service bears by their demand",
        arguments: Engine.allCases)
    func fleet(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        let other = place.store("s2")
        #expect(try await store.renew(report(slots: 4, busy: 3, wanted: 3)) == Renewal(isKept: true))
        #expect(try await other.renew(report(slots: 1, busy: 1, wanted: 1)) == Renewal(isKept: true))
        try await store.slowDown(server: "https://server", account: "account")
        try await other.slowDown(server: "https://server", account: "account")
        #expect(try await store.renew(report(slots: 4, busy: 3, wanted: 3)).allowed == 1.5)
        #expect(try await other.renew(report(slots: 1, busy: 1, wanted: 1)).allowed == 0.5)
        let fleet = try await store.fleet()
        #expect(fleet.map(\.session) == ["s1", "s2"])
        #expect(fleet.map(\.report.busy) == [3, 1])
        #expect(fleet.map(\.allowed) == [1.5, 0.5])
        try await other.finish(endedWell: true, at: 0)
        #expect(try await store.fleet().map(\.session) == ["s1"])
    }
}
