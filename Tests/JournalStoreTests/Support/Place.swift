import JobJournal
import RunClock
import SQLJournal
import SQLiteJournal
import TestSupport
import Testing

@testable import PostgresJournal

/// What a journal is kept in: the tests of the store run on each.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgres = "PostgreSQL"

    var testDescription: String { rawValue }
}

/// A journal of a test's own, gone with this object.
final class Place: Sendable {
    private let folder: ScratchFolder
    private let database: Database?

    init(_ engine: Engine) throws {
        folder = try ScratchFolder()
        database = engine == .postgres ? try Database() : nil
    }

    func store(
        _ id: String = "s1", run: String = "run", ownsRun: Bool = false,
        clock: any RunClock = VirtualClock(epoch: evening)
    ) -> SQLStore {
        guard let database else { return JournalStoreTests.store(folder, id, run: run, ownsRun: ownsRun, clock: clock) }
        return PostgresJournal.store(
            at: database.address, session: session(id, run: run, ownsRun: ownsRun), clock: clock,
            acceptedLog: folder.file("accepted.log"))
    }

    /// What it has put into its folder.
    var files: [String] { folder.names }

    /// Makes it as if that session's process had been killed, and its time had passed.
    func kill(_ session: String) throws {
        guard let database else { return try folder.remove("sessions/\(session)") }
        try database.connection().run("update decart_lua.session set alive_until = 0 where id = $1", [.text(session)])
    }
}

/// A database of a test's own with a journal in it.
final class Database: Sendable {
    private static let template = Result {
        let server = try PostgresServer.shared.get()
        let name = server.newName()
        try connection(server.address()).run("create database \(name)")
        let address = try #require(PostgresAddress(server.address(name)))
        #expect(try PostgresJournal.migrate(address, clock: SystemClock()) == .made)
        return name
    }

    let name: String
    let server: PostgresServer
    let address: PostgresAddress

    init() throws {
        server = try PostgresServer.shared.get()
        name = server.newName()
        address = try #require(PostgresAddress(server.address(name)))
        try Self.connection(server.address()).run("create database \(name) template \(try Self.template.get())")
    }

    deinit { _ = try? Self.connection(server.address()).run("drop database \(name) with (force)") }

    func connection() throws -> PostgresConnection { try Self.connection(server.address(name)) }

    static func connection(_ address: String) throws -> PostgresConnection {
        try PostgresConnection(try #require(PostgresAddress(address)), clock: SystemClock())
    }
}
