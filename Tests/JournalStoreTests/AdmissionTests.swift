import JobJournal
import RunClock
import SQLJournal
import SeededNumbers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct AdmissionTests {
    @Test("A submit is written down as being sent, with its charge", arguments: Engine.allCases)
    func insert(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        #expect(try await store.admit(intent("a", label: "teaser")) == .send)
        let row = try #require(try await store.jobs(JobQuery()).first)
        #expect(row.state == .sending)
        #expect(row.session == "s1")
        #expect(row.charge == Money(micros: 100))
        #expect(row.label == "teaser")
    }

    @Test("A known key is its job, over the cap too", arguments: Engine.allCases)
    func attach(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.admit(intent("a", key: "k"))
        try await store.record(change("a", .accept, jobID: "job-1"))
        let cap = Cap(.day, Money(micros: 100))
        guard case .known(let row) = try await store.admit(intent("b", key: "k", caps: [cap])) else {
            Issue.record("not found again")
            return
        }
        #expect(row.jobID == "job-1")
        guard case .overBudget = try await store.admit(intent("c", caps: [cap])) else {
            Issue.record("the cap was passed")
            return
        }
    }

    @Test("A key with other contents, or of another account, conflicts", arguments: Engine.allCases)
    func conflicts(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.admit(intent("a", key: "k"))
        guard case .keyReused(_, .content) = try await store.admit(intent("b", key: "k", content: "other")) else {
            Issue.record("another content was taken")
            return
        }
        guard case .keyReused(_, .account) = try await store.admit(intent("c", key: "k", account: "other")) else {
            Issue.record("another account was taken")
            return
        }
    }

    @Test("A refused submit costs nothing and gives its key free", arguments: Engine.allCases)
    func refused(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.admit(intent("a", key: "k"))
        try await store.record(change("a", .refuse))
        #expect(try await store.admit(intent("b", key: "k", content: "other")) == .send)
        let rows = try await store.jobs(JobQuery(states: [.refused]))
        #expect(rows.map(\.charge) == [.zero])
        #expect(rows.map(\.key) == [nil])
    }

    @Test("A key whose reply was lost is unknown, and moves on only to pay twice", arguments: Engine.allCases)
    func unknown(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.admit(intent("a", key: "k"))
        try await store.record(change("a", .lose))
        guard case .unknown(let row) = try await store.admit(intent("b", key: "k")) else {
            Issue.record("it was sent again")
            return
        }
        #expect(row.submission == "a")
        #expect(try await store.admit(intent("c", key: "k", twice: true)) == .send)
        let rows = try await store.jobs(JobQuery())
        #expect(rows.first { $0.submission == "a" }?.key == nil)
        #expect(rows.first { $0.submission == "a" }?.charge == Money(micros: 100))
        #expect(rows.first { $0.submission == "c" }?.key == "k")
    }

    @Test("A run started again finds each of its equal jobs in turn", arguments: Engine.allCases)
    func reuse(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        for (number, submission) in ["a", "b", "c"].enumerated() {
            _ = try await store.admit(intent(submission, ordinal: number))
            try await store.record(change(submission, .accept, jobID: "job-\(submission)"))
        }
        for (number, id) in ["job-a", "job-b", "job-c"].enumerated() {
            guard case .known(let row) = try await store.admit(intent("z", ordinal: number, reuses: true)) else {
                Issue.record("take \(number) was not found")
                return
            }
            #expect(row.jobID == id)
        }
        #expect(try await store.admit(intent("d", ordinal: 3, reuses: true)) == .send)
        #expect(try await store.admit(intent("e", run: "another", ordinal: 0, reuses: true)) == .send)
    }

    @Test("Each scope of a cap counts its own, of the process's account or of all", arguments: Engine.allCases)
    func scopes(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        _ = try await store.admit(intent("a", run: "r1", label: "l", cost: Money(micros: 60)))
        _ = try await store.admit(intent("b", account: "other", run: "r1", cost: Money(micros: 30)))
        var number = 0
        func isOver(_ cap: Cap, run: String = "r1", label: String? = "l") async throws -> Bool {
            number += 1
            let admission = try await store.admit(
                intent("try \(number)", run: run, label: label, cost: Money(micros: 40), caps: [cap]))
            // It is not to count against the next.
            if admission == .send { try await store.record(change("try \(number)", .refuse)) }
            return admission != .send
        }
        #expect(try await isOver(Cap(.run("r1"), Money(micros: 99))))
        #expect(try await !isOver(Cap(.run("r1"), Money(micros: 100))))
        #expect(try await !isOver(Cap(.run("r2"), Money(micros: 40)), run: "r2"))
        #expect(try await isOver(Cap(.day, Money(micros: 99))))
        #expect(try await isOver(Cap(.day, Money(micros: 120), isStored: true)))
        #expect(try await isOver(Cap(.label("l"), Money(micros: 99))))
        #expect(try await isOver(Cap(.submit, Money(micros: 39))))
    }

    @Test(
        "A stored cap holds for every process, and one that has no estimate is refused under any",
        arguments: Engine.allCases)
    func stored(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        try await store.store(cap: Money(micros: 150), for: .day)
        #expect(try await store.admit(intent("a")) == .send)
        let other = place.store("s2")
        #expect(
            try await other.admit(intent("b", account: "other"))
                == .overBudget(Cap(.day, Money(micros: 150), isStored: true), spent: Money(micros: 100)))
        guard case .unpriced = try await other.admit(intent("c", cost: nil)) else {
            Issue.record("a job of unknown cost passed a cap")
            return
        }
        try await store.store(cap: nil, for: .day)
        #expect(try await other.admit(intent("d", cost: nil)) == .send)
    }

    @Test("A clock that goes back a day does not make room under a day's cap", arguments: Engine.allCases)
    func clockGoesBack(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        let cap = Cap(.day, Money(micros: 150))
        #expect(try await store.admit(intent("a", caps: [cap], day: "2026-08-02")) == .send)
        #expect(try await store.admit(intent("b", caps: [cap], day: "2026-08-01")) != .send)
        #expect(try await store.admit(intent("c", caps: [cap], day: "2026-08-03")) == .send)
    }

    @Test("Whatever is submitted, the sum never passes a cap", arguments: Engine.allCases, 1...20)
    func property(engine: Engine, seed: UInt64) async throws {
        let place = try Place(engine)
        let store = place.store()
        var numbers = SplitMix64(seed: seed)
        var sums: [String: Int64] = [:]
        let limits = [Cap(.day, Money(micros: 900)), Cap(.run("run"), Money(micros: 700))]
        try await store.store(cap: Money(micros: 500), for: .label("l"))
        for number in 0..<60 {
            let cost = Int64(numbers.next() % 120)
            let label = numbers.next() % 2 == 0 ? "l" : nil
            let submission = "\(number)"
            let admission = try await store.admit(
                intent(submission, label: label, cost: Money(micros: cost), caps: limits))
            let fits =
                sums["all", default: 0] + cost <= 700 && (label == nil || sums["l", default: 0] + cost <= 500)
            #expect((admission == .send) == fits)
            guard admission == .send else { continue }
            if numbers.next() % 4 == 0 {
                try await store.record(change(submission, .refuse))
                continue
            }
            sums["all", default: 0] += cost
            if label != nil { sums["l", default: 0] += cost }
        }
        let spent = try await store.spend(account: "account", run: "run", today: "2026-08-01", caps: limits)
        #expect(spent.run.micros == sums["all", default: 0])
        #expect(spent.day == spent.run)
        #expect(spent.caps.count == 3)
    }

    @Test("Sixty-four submits at once stay under a cap together", arguments: Engine.allCases)
    func together(engine: Engine) async throws {
        let place = try Place(engine)
        let store = place.store()
        let cap = Cap(.run("run"), Money(micros: 4000))
        let sent = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask { try await store.admit(intent("\(number)", caps: [cap])) == .send }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent == 40)
        #expect(try await store.jobs(JobQuery()).count == 40)
    }
}
