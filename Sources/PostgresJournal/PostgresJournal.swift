public import JobJournal
public import RunClock
public import SQLJournal

/// Journals in PostgreSQL, which several machines share.
public enum PostgresJournal {
    /// A journal in a database. Nothing is opened before it is first used.
    ///
    /// - Parameters:
    ///   - acceptedLog: a file on this machine, which keeps ids of paid jobs while the database cannot be reached; nil:
    ///     they are only said.
    public static func store(
        at address: PostgresAddress, session: JournalSession, clock: any RunClock, acceptedLog: String?
    ) -> SQLStore {
        store(at: address, session: session, clock: clock, acceptedLog: acceptedLog, moment: nil)
    }

    package static func store(
        at address: PostgresAddress, session: JournalSession, clock: any RunClock, acceptedLog: String?,
        moment: (@Sendable (_ isCommitted: Bool) -> Void)?
    ) -> SQLStore {
        var parts = SQLStore.Parts(session: session, locks: LeaseLocks(boot: session.boot))
        if let acceptedLog {
            let log = AcceptedLog(path: acceptedLog, journal: address.description)
            parts.keepAside = { log.append($0) ? log.path : nil }
            parts.keptAside = { log.takeIn() }
        }
        return SQLStore(parts: parts, clock: clock, moment: moment) { () throws(JournalError) in
            do throws(SQLError) {
                // Waits for a database take real time, whatever time the run has.
                return try PostgresConnection(address, clock: SystemClock())
            } catch {
                throw JournalError(error)
            }
        }
    }

    /// What had to be done to a database for this version's journal to be in it.
    public enum Migration: Hashable, Sendable {
        case made
        case upToDate
    }

    /// Makes a journal in a database that has none. Blocks until it is done.
    public static func migrate(_ address: PostgresAddress, clock: any RunClock) throws(JournalError) -> Migration {
        do throws(SQLError) {
            let db = try PostgresConnection(address, clock: clock)
            try db.begin(durable: true)
            do throws(SQLError) {
                // Two at once would make it twice.
                try db.lock("migrate")
                let migration = try migrate(db)
                try db.commit()
                return migration
            } catch {
                db.rollback()
                throw error
            }
        } catch {
            throw JournalError(error)
        }
    }

    private static func migrate(_ db: PostgresConnection) throws(SQLError) -> Migration {
        let tables = Set(
            try db.run(
                "select table_name::text from information_schema.tables where table_schema = $1", [.text("decart_lua")]
            )
            .compactMap { $0[0].text })
        if tables.contains("meta") {
            guard try !JournalSchema.isNewer(db) else {
                throw SQLError(.other, "a later version of this program has written it: update decart-lua")
            }
            return .upToDate
        }
        guard tables.isEmpty else {
            throw SQLError(
                .other, "its schema decart_lua has tables of something else: \(tables.sorted().joined(separator: ", "))"
            )
        }
        try db.run("create schema if not exists decart_lua", [])
        try JournalSchema.make(JournalSchema.statements + JournalSchema.fleetStatements, on: db)
        try JournalSchema.begin(on: db)
        return .made
    }
}
