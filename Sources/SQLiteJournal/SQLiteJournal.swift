public import JobJournal
public import RunClock
public import SQLJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Journals in SQLite.
public enum SQLiteJournal {
    /// A journal in a file, which is made where there is none. Nothing is opened before it is first used.
    ///
    /// - Parameters:
    ///   - isDefault: whether it is the program's own place, whose folder is made too.
    ///   - warn: is told what happened to a damaged one.
    public static func store(
        at path: String, isDefault: Bool, session: JournalSession, clock: any RunClock,
        warn: @escaping @Sendable (String) -> Void
    ) -> SQLStore {
        store(at: path, isDefault: isDefault, session: session, clock: clock, moment: nil, warn: warn)
    }

    package static func store(
        at path: String, isDefault: Bool, session: JournalSession, clock: any RunClock,
        moment: (@Sendable (_ isCommitted: Bool) -> Void)?, warn: @escaping @Sendable (String) -> Void
    ) -> SQLStore {
        let place = JournalPlace(path: path, isDefault: isDefault)
        let log = AcceptedLog(path: "\(place.folder)/accepted.log", journal: place.name)
        let parts = SQLStore.Parts(
            session: session, locks: FileLocks(folder: "\(place.folder)/sessions"),
            keepAside: { log.append($0) ? log.path : nil }, keptAside: { log.takeIn() })
        return SQLStore(parts: parts, clock: clock, moment: moment) { () throws(JournalError) in
            try open(place, clock: clock, warn: warn)
        }
    }

    /// A journal that ends with the process.
    public static func inMemory(session: JournalSession, clock: any RunClock) -> SQLStore {
        SQLStore(
            parts: SQLStore.Parts(session: session, locks: NoSessionLocks()), clock: clock
        ) { () throws(JournalError) in
            do throws(SQLError) {
                let connection = try SQLiteConnection(path: nil)
                try make(on: connection)
                return connection
            } catch {
                throw JournalError(error)
            }
        }
    }

    private static func open(
        _ place: JournalPlace, clock: any RunClock, warn: @Sendable (String) -> Void
    ) throws(JournalError) -> any SQLConnection {
        try place.checkKind()
        if let aside = try place.putDamagedAside(now: Int64(clock.unixTime * 1000)) {
            warn(
                "the journal \(place.path) was damaged: it is kept as \(aside), and a new one was begun. What it knew "
                    + "of jobs, keys and money spent does not count any more")
        }
        do throws(JournalError) {
            try place.prepare()
            return try connection(to: place)
        } catch {
            switch error.kind {
            case .place, .diskFull:
                // What cannot be written can still be read.
                guard let connection = reader(of: place, because: error) else { throw error }
                return connection
            default: throw error
            }
        }
    }

    /// Reads with what lies beside the file if it can, and else the file alone if all is in it.
    private static func reader(of place: JournalPlace, because refusal: JournalError) -> SQLiteConnection? {
        for isImmutable in place.isWhole ? [false, true] : [false] {
            let connection = try? SQLiteConnection(path: place.path, refusal: refusal, isImmutable: isImmutable)
            if let connection, (try? connection.run("select 1 from meta", [])) != nil { return connection }
        }
        return nil
    }

    private static func connection(to place: JournalPlace) throws(JournalError) -> SQLiteConnection {
        do throws(SQLError) {
            let connection = try SQLiteConnection(path: place.path)
            try make(on: connection)
            return connection
        } catch {
            throw JournalError(error)
        }
    }

    /// Makes the tables of a new journal, and those that an older one lacks.
    static func make(on connection: any SQLConnection) throws(SQLError) {
        let names = try tables(connection)
        if names.contains("worker") { return }
        guard names.contains("meta") else { return try change(connection, begin) }
        guard try !JournalSchema.isNewer(connection) else { return }
        // Where that cannot be written the journal is only read, and opened anew for the next write.
        try change(connection) { connection throws(SQLError) in
            guard try !tables(connection).contains("worker") else { return }
            try JournalSchema.make(JournalSchema.fleetStatements, on: connection)
        }
    }

    private static func begin(_ connection: any SQLConnection) throws(SQLError) {
        // Another process may have made them meanwhile; and a database with other tables is somebody else's.
        let names = try tables(connection)
        if names.contains("meta") { return }
        guard names.isEmpty else { throw SQLError(.damaged, "it is another program's database") }
        try JournalSchema.make(JournalSchema.statements + JournalSchema.fleetStatements, on: connection)
        try JournalSchema.begin(on: connection)
    }

    private static func tables(_ connection: any SQLConnection) throws(SQLError) -> Set<String> {
        Set(try connection.run("select name from sqlite_master where type = 'table'", []).compactMap { $0.first?.text })
    }

    private static func change(
        _ connection: any SQLConnection, _ body: (any SQLConnection) throws(SQLError) -> Void
    ) throws(SQLError) {
        try connection.begin(durable: true)
        do throws(SQLError) {
            try body(connection)
            try connection.commit()
        } catch {
            connection.rollback()
            throw error
        }
    }
}
