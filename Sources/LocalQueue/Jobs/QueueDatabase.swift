import GRDB
import PlainErrors

/// The queue's SQLite database, in a file or in memory.
///
/// A file is in WAL mode with `synchronous = FULL`: what `write` has returned from survives a killed process and a power
/// cut. Only one process may use it at a time: times are decided in memory, and two processes would contradict each other.
final class QueueDatabase: Sendable {
    private let database: DatabaseQueue

    /// - Parameter path: the database file, created if missing; nil: in memory.
    init(path: String?) throws(MessageError) {
        do {
            guard let path else {
                database = try DatabaseQueue()
                try Self.migrator.migrate(database)
                return
            }
            var configuration = Configuration()
            configuration.journalMode = .wal
            // One that has just been stopped may not have let go of it yet.
            configuration.busyMode = .timeout(2)
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            database = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB sets NORMAL with WAL, which may lose the last commits in a power cut.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(database)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw MessageError(
                "Another local queue is using the database \(path ?? ""). Stop that one, or give this one another file."
            )
        } catch {
            throw Self.failure("open the database \(path ?? "in memory")", error)
        }
    }

    /// - Parameter action: the end of "the local queue cannot …".
    func read<Value>(_ action: String, _ body: (Database) throws -> Value) throws(MessageError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw Self.failure(action, error)
        }
    }

    /// Runs `body` as one transaction.
    func write<Value>(_ action: String, _ body: (Database) throws -> Value) throws(MessageError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw Self.failure(action, error)
        }
    }

    /// GRDB's description may quote a statement's arguments, which are the user's data: only SQLite's message is passed on.
    private static func failure(_ action: String, _ error: any Error) -> MessageError {
        let reason = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? "\(type(of: error))"
        return MessageError("The local queue cannot \(action): \(reason).")
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
