import GRDB
import PlainErrors
import RunClock

/// The records of the files that clients uploaded. Nothing in the API reads such a file back, so its bytes are counted
/// and dropped.
struct FileStore: Sendable {
    struct Entry: Hashable, Sendable, Codable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "files"

        var id: String
        var name: String
        var type: String
        /// Bytes.
        var size: Int
        /// Unix seconds.
        var created: Double
        /// Unix seconds; nil: never.
        var expires: Double?
    }

    let ids: IDGenerator
    let clock: any RunClock
    let database: QueueDatabase

    /// - Parameter lifetime: seconds; nil: forever.
    func put(name: String, type: String, size: Int, lifetime: Double?) throws(MessageError) -> Entry {
        let now = clock.unixTime
        return try database.write("store a file") { db in
            try Entry.filter(Column("expires") <= now).deleteAll(db)
            var id = ids.next("file_")
            // With a seed, a restart repeats the ids.
            while try Entry.exists(db, key: id) { id = ids.next("file_") }
            let entry = Entry(
                id: id, name: name, type: type, size: size, created: now, expires: lifetime.map { now + $0 })
            try entry.insert(db)
            return entry
        }
    }

    func entry(_ id: String) throws(MessageError) -> Entry? {
        let now = clock.unixTime
        return try database.read("look for a file") { try Entry.fetchOne($0, key: id) }
            .flatMap { $0.isExpired(at: now) ? nil : $0 }
    }

    /// Returns false if there was none.
    func remove(_ id: String) throws(MessageError) -> Bool {
        let now = clock.unixTime
        return try database.write("forget a file") { db in
            guard let entry = try Entry.fetchOne(db, key: id) else { return false }
            try entry.delete(db)
            return !entry.isExpired(at: now)
        }
    }
}

extension FileStore.Entry {
    func isExpired(at instant: Double) -> Bool { expires.map { $0 <= instant } ?? false }
}
