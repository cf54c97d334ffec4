import JobJournal
import RunClock
import Synchronization
import Testing

@testable import SQLJournal

/// A database whose every transaction fails from a certain statement on.
private final class FailingConnection: SQLConnection {
    let dialect = SQLDialect.exclusive
    var failure: SQLError?
    var begun: [Bool] = []
    var rolledBack = 0

    func run(_ sql: String, _ arguments: [SQLValue]) throws(SQLError) -> [[SQLValue]] {
        if sql.contains("meta") { return [[.text("salt"), .text("s")], [.text("format"), .text("1")]] }
        if let failure { throw failure }
        return []
    }

    func damages() throws(SQLError) -> [String] { [] }
    func begin(durable: Bool) throws(SQLError) { begun.append(durable) }
    func commit() throws(SQLError) {}
    func rollback() { rolledBack += 1 }
}

@Suite(.timeLimit(.minutes(5)))
struct StoreErrorTests {
    @Test(
        "What goes wrong is told in words, and everything is undone",
        arguments: [
            (.diskFull, .diskFull, "the disk is full"), (.busy, .busy, "another process"),
            (.readOnly, .place, "cannot be written"), (.damaged, .damaged, "damaged"),
        ] as [(SQLError.Kind, JournalError.Kind, String)])
    func errors(kind: SQLError.Kind, told: JournalError.Kind, words: String) async throws {
        nonisolated(unsafe) let connection = FailingConnection()
        connection.failure = SQLError(kind, "no")
        let store = SQLStore(
            parts: SQLStore.Parts(session: session("s"), locks: NoSessionLocks()), clock: VirtualClock()
        ) { () throws(JournalError) in connection }
        let error = await #expect(throws: JournalError.self) { try await store.admit(intent("a")) }
        #expect(error?.kind == told)
        #expect(error?.reason.contains(words) == true)
        #expect(connection.rolledBack == connection.begun.count)
    }

    @Test("A journal that cannot be opened is tried again at the next call")
    func opensAgain() async throws {
        let tries = Mutex(0)
        nonisolated(unsafe) let connection = FailingConnection()
        let store = SQLStore(
            parts: SQLStore.Parts(session: session("s"), locks: NoSessionLocks()), clock: VirtualClock()
        ) { () throws(JournalError) in
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            if number == 1 { throw JournalError(.diskFull, "cannot be opened") }
            return connection
        }
        await #expect(throws: JournalError.self) { try await store.salt() }
        #expect(try await store.salt() == "s")
    }

    @Test("An intent is brought to the disk, a change of state need not be")
    func durability() async throws {
        nonisolated(unsafe) let connection = FailingConnection()
        let store = SQLStore(
            parts: SQLStore.Parts(session: session("s"), locks: NoSessionLocks()), clock: VirtualClock()
        ) { () throws(JournalError) in connection }
        _ = try await store.admit(intent("a"))
        try await store.record(change("a", .run))
        var accepted = change("a", .accept, jobID: "1")
        accepted.isDurable = true
        try await store.record(accepted)
        #expect(connection.begun == [true, false, true])
    }

    @Test("What was kept aside is brought to the disk before it is taken out of where it was")
    func takesInDurably() async throws {
        nonisolated(unsafe) let connection = FailingConnection()
        let begunBefore = Mutex<[Bool]?>(nil)
        var parts = SQLStore.Parts(session: session("s"), locks: NoSessionLocks())
        parts.keptAside = {
            ([change("a", .accept, jobID: "job-a")], { _ in begunBefore.withLock { $0 = connection.begun } })
        }
        let store = SQLStore(parts: parts, clock: VirtualClock()) { () throws(JournalError) in connection }
        try await store.record(change("b", .run))
        #expect(begunBefore.withLock { $0 } == [true])
        try await store.record(change("b", .run))
        #expect(connection.begun == [true, false])
    }
}
