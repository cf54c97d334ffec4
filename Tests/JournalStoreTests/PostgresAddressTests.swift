import Foundation
import JobJournal
import PostgresJournal
import RunClock
import SQLJournal
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct PostgresAddressTests {
    @Test(
        "An address is shown without its password, however badly it is written",
        arguments: [
            ("postgres://me:secret@host:5433/jobs", "postgres://me@host:5433/jobs"),
            ("postgresql://me@host/jobs?sslmode=require", "postgresql://me@host/jobs?sslmode=require"),
            (
                "postgres://host/jobs?user=me&password=secret&sslmode=require",
                "postgres://host/jobs?user=me&sslmode=require"
            ),
            ("postgres://me:sec/secret@host/jobs", "postgres://me@host/jobs"),
            ("postgres://me:sec?secret@host/jobs", "postgres://me@host/jobs"),
            ("postgres://me:sec@secret@host/jobs", "postgres://me@host/jobs"),
            ("postgres://:secret@host/jobs", "postgres://host/jobs"),
            ("postgres:///jobs?service=studio", "postgres:///jobs?service=studio"),
            ("postgres:me:secret@host", "postgres:me@host"),
            ("postgres://host?sslpassword=secret", "postgres://host"),
        ])
    func shown(address: String, expected: String) {
        #expect(PostgresAddress.shown(address) == expected)
        #expect(!PostgresAddress.shown(address).contains("secret"))
    }

    @Test(
        "What was meant as an address and is none is told apart from a file",
        arguments: [
            ("postgres://host/jobs", true, true), ("postgresql://", true, true), ("postgres:host/jobs", true, false),
            ("postgres.sqlite", false, false), ("/tmp/postgres://x", false, false),
        ])
    func meant(text: String, isMeant: Bool, isAddress: Bool) {
        #expect(PostgresAddress.isMeant(by: text) == isMeant)
        #expect((PostgresAddress(text) != nil) == isAddress)
    }

    private func error(at address: String) async throws -> JournalError {
        let address = try #require(PostgresAddress(address))
        let store = PostgresJournal.store(
            at: address, session: session("s"), clock: SystemClock(), acceptedLog: nil)
        return try #require(await #expect(throws: JournalError.self) { try await store.salt() })
    }

    @Test("A server that is not there, and a password that could not be read, are told without the password")
    func trouble() async throws {
        let folder = try ScratchFolder()
        let gone = try await error(at: "postgres://me:secret@/jobs?host=\(folder.path)")
        #expect(gone.kind == .unreachable)
        #expect(gone.reason.contains("No such file"))
        let malformed = try await error(at: "postgres://me:sec%zzsecret@host/jobs")
        #expect(malformed.kind == .setup)
        let port = try await error(at: "postgres://me:sec/ret@host:port/jobs")
        for error in [gone, malformed, port] { #expect(!error.reason.contains("sec"), "\(error)") }
    }

    @Test("A database without a journal says how to make one, and making it twice changes nothing")
    func migrate() async throws {
        let server = try PostgresServer.shared.get()
        let name = server.newName()
        try Database.connection(server.address()).run("create database \(name)")
        let found = try await error(at: server.address(name))
        #expect(found.kind == .notMigrated)
        let address = try #require(PostgresAddress(server.address(name)))
        #expect(try PostgresJournal.migrate(address, clock: SystemClock()) == .made)
        #expect(try PostgresJournal.migrate(address, clock: SystemClock()) == .upToDate)
        let store = PostgresJournal.store(at: address, session: session("s"), clock: SystemClock(), acceptedLog: nil)
        #expect(try await !store.salt().isEmpty)
        try Database.connection(server.address(name)).run(
            "update decart_lua.meta set value = '2' where name = 'format'")
        let newer = PostgresJournal.store(at: address, session: session("t"), clock: SystemClock(), acceptedLog: nil)
        let refused = await #expect(throws: JournalError.self) { try await newer.admit(intent("a")) }
        #expect(refused?.kind == .newerFormat)
    }

    @Test("A schema that holds something else is left as it is")
    func foreign() async throws {
        let server = try PostgresServer.shared.get()
        let name = server.newName()
        try Database.connection(server.address()).run("create database \(name)")
        let db = try Database.connection(server.address(name))
        try db.run("create schema decart_lua")
        try db.run("create table decart_lua.theirs (x int)")
        let address = try #require(PostgresAddress(server.address(name)))
        let error = #expect(throws: JournalError.self) { try PostgresJournal.migrate(address, clock: SystemClock()) }
        #expect(error?.reason.contains("theirs") == true)
    }

    @Test("A password from a password file is used, a wrong one is told and never shown")
    func password() async throws {
        let folder = try ScratchFolder()
        let database = try Database()
        let db = try database.connection()
        // A role belongs to the whole server: this one is named like the database, which no other test has. As one of
        // the studio's it has to give its password.
        let role = "role_of_\(database.name)"
        try db.run("create role \(role) login password 'sec-ret' in role studio")
        try db.run("grant usage on schema decart_lua to \(role)")
        try db.run("grant all on all tables in schema decart_lua to \(role)")
        let passwords = try folder.write("pgpass", "*:*:*:\(role):sec-ret\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passwords)
        let base = database.server.address(database.name, user: role)
        let address = try #require(PostgresAddress("\(base)&passfile=\(passwords)"))
        let store = PostgresJournal.store(at: address, session: session("s"), clock: SystemClock(), acceptedLog: nil)
        #expect(try await store.admit(intent("a")) == .send)
        let wrong = try await error(at: "\(base)&password=guess-sec")
        #expect(wrong.kind == .unreachable)
        #expect(wrong.reason.contains("password"))
        #expect(!wrong.reason.contains("guess-sec"))
    }
}
