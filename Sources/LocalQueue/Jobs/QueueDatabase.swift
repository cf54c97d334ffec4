import GRDB

/// What the queue keeps, on disk (SQLite), or in memory when there is no file.
///
/// The file is in WAL mode with `synchronous = FULL`: what `write` has returned from outlives a killed process and a
/// power cut. One process at a time: times are decided in memory, and two would decide over one another.
final class QueueDatabase: Sendable {
    private let database: DatabaseQueue

    /// - Parameter path: the database file, made if it is not there; nil: in memory.
    init(path: String?) throws(StorageError) {
        do {
            guard let path else {
                database = try DatabaseQueue()
                try Self.migrator.migrate(database)
                return
            }
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            database = try DatabaseQueue(path: path, configuration: configuration)
            // Its own WAL set-up has chosen NORMAL, which may lose the last commits in a power cut.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(database)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw StorageError(
                "Another local queue is using the database \(path ?? ""). End it, or give this one a file of its own.")
        } catch {
            throw Self.failure("open the database \(path ?? "in memory")", error)
        }
    }

    /// - Parameter action: the end of "the local queue cannot …".
    func read<Value>(_ action: String, _ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw Self.failure(action, error)
        }
    }

    /// Runs `body` as one transaction.
    func write<Value>(_ action: String, _ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw Self.failure(action, error)
        }
    }

    /// GRDB's own text may quote a statement's arguments, which are the user's: only SQLite's message is passed on.
    private static func failure(_ action: String, _ error: any Error) -> StorageError {
        let reason = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? "\(type(of: error))"
        return StorageError("The local queue cannot \(action): \(reason).")
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("jobs") { db in
            try db.create(table: "jobs") { table in
                table.autoIncrementedPrimaryKey("number")
                table.column("id", .text).notNull().unique()
                table.column("model", .text).notNull()
                table.column("fields", .jsonText).notNull()
                table.column("uploads", .jsonText).notNull()
                table.column("timetable", .jsonText).notNull()
                table.column("clip", .jsonText)
            }
        }
        migrator.registerMigration("files and tokens") { db in
            try db.create(table: "files") { table in
                table.primaryKey("id", .text)
                table.column("name", .text).notNull()
                table.column("type", .text).notNull()
                table.column("size", .integer).notNull()
                table.column("created", .double).notNull()
                table.column("expires", .double)
            }
            try db.create(table: "tokens") { table in
                table.primaryKey("secret", .text)
                table.column("expires", .double).notNull()
            }
        }
        return migrator
    }
}
