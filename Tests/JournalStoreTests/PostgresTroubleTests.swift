import Foundation
import JobJournal
import RunClock
import SQLJournal
import TestSupport
import Testing

@testable import PostgresJournal

/// What only a database that others share, and that is somewhere else, can do to a journal.
@Suite(.timeLimit(.minutes(5)))
struct PostgresTroubleTests {
    private func store(
        _ address: String, _ id: String = "s1", clock: any RunClock = SystemClock(), run: String = "run"
    ) throws -> SQLStore {
        PostgresJournal.store(
            at: try #require(PostgresAddress(address)), session: session(id, run: run), clock: clock, acceptedLog: nil)
    }

    /// Asks again and again, as long as the test may take.
    private func until(_ isSo: () async throws -> Bool) async throws {
        while try await !isSo() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// The process that has written its number into a file, once it has claimed a job.
    private func claimer(_ file: String, in store: SQLStore) async throws -> Int32 {
        try await until { try await !store.jobs(JobQuery(states: [.claimed])).isEmpty }
        return try #require(Int32(try String(contentsOfFile: file, encoding: .utf8)))
    }

    @Test(
        "A commit whose answer is lost, or that never arrived, is one row all the same",
        arguments: CuttingProxy.Cut.allCases)
    func cutCommit(cut: CuttingProxy.Cut) async throws {
        let database = try Database()
        let proxy = try CuttingProxy(to: database.server.socket)
        defer { proxy.stop() }
        let store = try store("postgres:///\(database.name)?host=\(proxy.folder.path)&user=postgres")
        _ = try await store.salt()
        let cap = Cap(.day, Money(micros: 100))
        proxy.cut([cut])
        #expect(try await store.admit(intent("a", key: "k", caps: [cap])) == .send)
        #expect(proxy.isDone)
        guard case .overBudget(_, spent: Money(micros: 100)) = try await store.admit(intent("b", caps: [cap])) else {
            Issue.record("it was counted twice, or not at all")
            return
        }
        proxy.cut([cut, cut])
        try await store.record(change("a", .accept, jobID: "job-a"))
        #expect(proxy.isDone)
        #expect(try await store.job(.submission("a"))?.jobID == "job-a")
        proxy.cut([cut])
        let added = try await store.enqueue((0..<3).map { wanted("w\($0)", key: "w\($0)") })
        #expect(proxy.isDone)
        #expect(added == [.added, .added, .added])
        proxy.cut([cut])
        let claimed = try await store.claim(request(2))
        #expect(proxy.isDone)
        #expect(claimed.rows.count == 2)
        var states: [JobState: Int] = [:]
        for row in try await store.jobs(JobQuery()) { states[row.state, default: 0] += 1 }
        #expect(states == [.accepted: 1, .claimed: 2, .wanted: 1])
        proxy.cut([cut])
        try await store.finish(endedWell: true, at: 0)
        #expect(proxy.isDone)
        #expect(try database.connection().run("select id from decart_lua.session").isEmpty)
    }

    @Test("A database that is restarted in the middle of many submits costs none of them")
    func restart() async throws {
        let server = try PostgresServer()
        let address = try #require(PostgresAddress(server.address()))
        #expect(try PostgresJournal.migrate(address, clock: SystemClock()) == .made)
        let stores = try (0..<4).map { try store(server.address(), "s\($0)") }
        let sent = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    for job in 0..<25 {
                        let name = "\(number)-\(job)"
                        #expect(try await store.admit(intent(name)) == .send)
                        var accepted = change(name, .accept, jobID: "job-\(name)")
                        accepted.isDurable = true
                        try await store.record(accepted)
                        // Twice on the way, while the others go on.
                        if number == 0, job == 5 || job == 15 { try server.tell(.restart) }
                    }
                    return 25
                }
            }
            return try await group.reduce(0, +)
        }
        let rows = try await stores[0].jobs(JobQuery())
        #expect(sent == 100 && rows.count == 100)
        #expect(rows.allSatisfy { $0.state == .accepted })
        #expect(Set(rows.map(\.jobID)).count == 100)
    }

    @Test("Behind pgbouncer, where every transaction may meet another session, everything works the same")
    func bouncer() async throws {
        let server = try PostgresServer(hasBouncer: true)
        let address = try #require(PostgresAddress(server.bouncedAddress("postgres")))
        #expect(try PostgresJournal.migrate(address, clock: SystemClock()) == .made)
        let stores = try (0..<6).map { try store(server.bouncedAddress("postgres"), "s\($0)") }
        _ = try await stores[0].enqueue((0..<30).map { wanted("\($0)", at: Int64($0)) })
        let cap = Cap(.day, Money(micros: 2500))
        let taken = try await withThrowingTaskGroup(of: [String].self) { group in
            for store in stores {
                group.addTask {
                    var mine: [String] = []
                    while true {
                        var request = request(2, caps: [cap])
                        request.held = Set(mine)
                        let claim = try await store.claim(request)
                        if claim.rows.isEmpty { return mine }
                        mine += claim.rows.map(\.submission)
                    }
                }
            }
            return try await group.reduce([], +)
        }
        #expect(taken.count == 25, "as many as the cap has room for")
        #expect(Set(taken).count == 25)
        #expect(try await stores[0].renew(report()).isKept)
    }

    @Test("A process that was not heard of for too long has lost its jobs, sends nothing, and begins again")
    func lostLease() async throws {
        let place = try Place(.postgres)
        let first = place.store("s1")
        _ = try await first.enqueue([wanted("a"), wanted("b")])
        let claimed = try await first.claim(request(2)).rows
        try place.kill("s1")
        let second = place.store("s2")
        #expect(try await second.claim(request(1)).rows.map(\.submission) == ["a"])
        var send = change("a", .send)
        send.fence = claimed[0].fence
        #expect(try await !first.record(send).isApplied)
        send = change("b", .send)
        send.fence = claimed[1].fence
        #expect(try await !first.record(send).isApplied)
        #expect(try await first.renew(nil) == Renewal(isKept: false))
        let again = try await first.claim(request(1)).rows
        #expect(again.map(\.submission) == ["b"])
        #expect(again.map(\.session) == ["s1-2"])
        #expect(try await first.renew(nil) == Renewal(isKept: true))
    }

    @Test("Leases and days are the database's, whatever a machine's clock shows")
    func wrongClock() async throws {
        let database = try Database()
        let dayAhead = VirtualClock(epoch: SystemClock().unixTime + 86_400)
        let dayBehind = VirtualClock(epoch: SystemClock().unixTime - 86_400)
        let first = try store(database.server.address(database.name), "ahead", clock: dayAhead)
        let second = try store(database.server.address(database.name), "behind", clock: dayBehind)
        for store in [first, second] { _ = try await store.admit(intent("by \(ObjectIdentifier(store))")) }
        #expect(try await second.freeDead() == Freed())
        #expect(try await first.jobs(JobQuery(states: [.sending])).count == 2)
        for (store, hours) in [(first, -24.0), (second, 24.0)] {
            #expect(abs(Double(store.clockOffset) / 3_600_000 - hours) < 1)
        }
    }

    @Test("Processes that wait for a renewal stop by themselves before others take their jobs")
    func ownLease() async throws {
        let place = try Place(.postgres)
        let clock = VirtualClock(mode: .manual, epoch: evening)
        let store = place.store(clock: clock)
        #expect(!store.isLeaseOver, "it has none yet")
        _ = try await store.admit(intent("a"))
        clock.advance(by: .seconds(39))
        #expect(!store.isLeaseOver)
        clock.advance(by: .seconds(1))
        #expect(store.isLeaseOver)
        _ = try await store.renew(nil)
        #expect(!store.isLeaseOver)
    }

    @Test(
        "Eight processes at once do not pass a cap of the database together, nor one of their own",
        arguments: [true, false])
    func capOfMany(isStored: Bool) async throws {
        let database = try Database()
        let address = database.server.address(database.name)
        if isStored { try await store(address).store(cap: Money(micros: 2000), for: .day) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [address = address as String, number = number as Int, isStored = isStored as Bool] in
                        let store = PostgresJournal.store(
                            at: try #require(PostgresAddress(address)), session: session("s\(number)"),
                            clock: SystemClock(), acceptedLog: nil)
                        let caps = isStored ? [] : [Cap(.day, Money(micros: 2000))]
                        for job in 0..<8 { _ = try await store.admit(intent("\(number)-\(job)", caps: caps)) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store(address).jobs(JobQuery()).count == 20)
    }

    @Test("A process that was stopped while others took its job over does not send it when it goes on")
    func stopped() async throws {
        let folder = try ScratchFolder()
        let database = try Database()
        let address = database.server.address(database.name)
        let other = try store(address, "s2")
        _ = try await other.enqueue([wanted("a")])
        async let ended = #expect(processExitsWith: .success) {
            [address = address as String, file = folder.file("pid") as String] in
            let store = PostgresJournal.store(
                at: try #require(PostgresAddress(address)), session: session("s1"), clock: SystemClock(),
                acceptedLog: nil)
            try "\(getpid())".write(toFile: file, atomically: true, encoding: .utf8)
            let row = try #require(try await store.claim(request(1)).rows.first)
            raise(SIGSTOP)
            var send = change("a", .send)
            send.fence = row.fence
            #expect(try await !store.record(send).isApplied)
        }
        let pid = try await claimer(folder.file("pid"), in: other)
        // However this test ends, nobody is left standing.
        defer { kill(pid, SIGCONT) }
        try await until { try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).contains(") T ") }
        // As if it had stood still for a minute.
        try database.connection().run("update decart_lua.session set alive_until = 0 where id = 's1'")
        #expect(try await other.freeDead().wanted == 1)
        let taken = try await other.claim(request(1)).rows
        #expect(taken.map(\.submission) == ["a"])
        kill(pid, SIGCONT)
        _ = await ended
        var send = change("a", .send)
        send.fence = taken.first?.fence
        #expect(try await other.record(send).isApplied)
    }

    @Test("A killed process's jobs are handed on once its time is over, and not before")
    func killed() async throws {
        let database = try Database()
        let address = database.server.address(database.name)
        let other = try store(address, "s2")
        _ = try await other.enqueue([wanted("a", at: 1), wanted("b", at: 2)])
        await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as String] in
            let store = PostgresJournal.store(
                at: try #require(PostgresAddress(address)), session: session("s1"), clock: SystemClock(),
                acceptedLog: nil)
            _ = try await store.claim(request(2))
            try await store.record(change("b", .send))
            kill(getpid(), SIGKILL)
        }
        #expect(try await other.freeDead() == Freed())
        #expect(try await other.claim(request(2)).rows.isEmpty)
        let left = try database.connection().run(
            "select alive_until - (extract(epoch from clock_timestamp()) * 1000)::bigint from decart_lua.session where id = 's1'"
        )
        #expect(try #require(left.first?.first?.integer) <= 45_000)
        try database.connection().run("update decart_lua.session set alive_until = 0 where id = 's1'")
        let freed = try await other.freeDead()
        #expect(freed.sessions == 1 && freed.wanted == 1 && freed.unknown == 1)
        #expect(try await other.claim(request(2)).rows.map(\.submission) == ["a"])
    }

    @Test("A process of the same machine that is gone is seen to be dead at once")
    func gone() async throws {
        let database = try Database()
        let address = database.server.address(database.name)
        await #expect(processExitsWith: .success) { [address = address as String] in
            let here = JournalSession.ofProcess(
                run: Journal.Run(name: "run", isNamed: false), program: "test", now: 0)
            let store = PostgresJournal.store(
                at: try #require(PostgresAddress(address)), session: here, clock: SystemClock(), acceptedLog: nil)
            _ = try await store.admit(intent("a"))
            _ = try await store.enqueue([wanted("b")])
            _ = try await store.claim(request(1))
        }
        let here = JournalSession.ofProcess(run: Journal.Run(name: "run", isNamed: false), program: "test", now: 0)
        let other = PostgresJournal.store(
            at: database.address, session: here, clock: SystemClock(), acceptedLog: nil)
        #expect(try await other.jobs(JobQuery(states: [.unknown])).map(\.submission) == ["a"])
        #expect(try await other.claim(request(1)).rows.map(\.submission) == ["b"])
        #expect(try await store(address, "elsewhere").freeDead() == Freed(), "it lives")
    }

    @Test(
        "A process that stands still in a transaction does not hold the others up for ever", arguments: [true, false])
    func standsStill(isDurable: Bool) throws {
        let database = try Database()
        let db = try database.connection()
        func limits() throws -> [SQLValue]? {
            try db.run(
                "select current_setting('idle_in_transaction_session_timeout'), current_setting('synchronous_commit')"
            ).first
        }
        try db.begin(durable: isDurable)
        #expect(try limits() == [.text("20s"), .text(isDurable ? "on" : "off")])
        try db.commit()
        #expect(try limits() == [.text("0"), .text("on")], "the session may be another's now")
    }

    @Test(
        "What PostgreSQL says about a connection that it has ended is tried again on another one",
        arguments: ["57P01", "25P03", "53300", "08006"])
    func ended(state: String) {
        #expect(PostgresState.kind(of: state) == .lost)
    }

    @Test("Whatever a server says may be in a journal, also what PostgreSQL's text cannot hold")
    func text() async throws {
        let place = try Place(.postgres)
        let store = place.store()
        _ = try await store.admit(intent("it's; drop table \"job\" --"))
        var failed = change("it's; drop table \"job\" --", .refuse)
        failed.error = "a\0b — ünïcödé 🎬 ' \\ $1"
        try await store.record(failed)
        #expect(try await store.job(failed.subject)?.error == "a\u{FFFD}b — ünïcödé 🎬 ' \\ $1")
        let long = String(repeating: "x", count: 3_000_000)
        failed = change("it's; drop table \"job\" --", nil)
        failed.error = long
        try await store.record(failed)
        #expect(try await store.job(failed.subject)?.error == long)
    }
}
