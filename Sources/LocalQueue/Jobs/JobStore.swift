import GRDB

/// The jobs in the database.
struct JobStore: Sendable {
    let database: QueueDatabase

    /// Every job, in the order they came.
    func all() throws(StorageError) -> [JobRecord] {
        try database.read("read its jobs") { try JobRecord.order(Column("number")).fetchAll($0) }
    }

    /// The highest number ever given to a job, also one that is gone; 0 if there was none.
    func highestNumber() throws(StorageError) -> Int64 {
        try database.read("read its jobs") {
            try Int64.fetchOne($0, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'") ?? 0
        }
    }

    func insert(_ record: JobRecord) throws(StorageError) {
        try database.write("write down a job") { try record.insert($0) }
    }

    func deliver(_ clip: Clip, to id: String) throws(StorageError) {
        try database.write("write down a result") { db in
            guard var record = try JobRecord.filter(Column("id") == id).fetchOne(db) else { return }
            record.clip = clip
            try record.update(db)
        }
    }

    /// Removes those jobs, and returns them.
    func remove(_ ids: [String]) throws(StorageError) -> [JobRecord] {
        try database.write("remove expired jobs") { db in
            let expired = JobRecord.filter(ids.contains(Column("id")))
            let records = try expired.fetchAll(db)
            try expired.deleteAll(db)
            return records
        }
    }
}
