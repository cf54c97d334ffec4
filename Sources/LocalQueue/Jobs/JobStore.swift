import GRDB

/// The jobs on disk (SQLite), or in memory when there is no file.
///
/// The file is in WAL mode with `synchronous = FULL`: when `insert` has returned, the job outlives a killed process
/// and a power cut. One process at a time: times are decided in memory, and two would decide over one another.
final class JobStore: Sendable {
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

    /// Every job, in the order they came.
    func all() throws(StorageError) -> [JobRecord] {
        try attempt("read its jobs") { try $0.read { try JobRecord.order(Column("number")).fetchAll($0) } }
    }

    /// The highest number ever given to a job, also one that is gone; 0 if there was none.
    func highestNumber() throws(StorageError) -> Int64 {
        try attempt("read its jobs") {
            try $0.read { try Int64.fetchOne($0, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'") ?? 0 }
        }
    }

    func insert(_ record: JobRecord) throws(StorageError) {
        try attempt("write down a job") { try $0.write { try record.insert($0) } }
    }

    func deliver(_ clip: Clip, to id: String) throws(StorageError) {
        try attempt("write down a result") { database in
            try database.write { db in
                guard var record = try JobRecord.filter(Column("id") == id).fetchOne(db) else { return }
                record.clip = clip
                try record.update(db)
            }
        }
    }

    /// Removes those jobs, and returns them.
    func remove(_ ids: [String]) throws(StorageError) -> [JobRecord] {
        try attempt("remove expired jobs") { database in
            try database.write { db in
                let expired = JobRecord.filter(ids.contains(Column("id")))
                let records = try expired.fetchAll(db)
                try expired.deleteAll(db)
                return records
            }
        }
    }

    private func attempt<Value>(
        _ action: String, _ body: (DatabaseQueue) throws -> Value
    ) throws(StorageError) -> Value {
        do {
            return try body(database)
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
        return migrator
    }
}
