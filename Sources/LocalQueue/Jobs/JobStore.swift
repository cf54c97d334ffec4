import GRDB
import PlainErrors

/// The jobs in the database.
struct JobStore: Sendable {
    let database: QueueDatabase

    /// Every job, in the order they were submitted.
    func all() throws(MessageError) -> [JobRecord] {
        try database.read("read its jobs") { try JobRecord.order(Column("number")).fetchAll($0) }
    }

    /// The highest number ever given to a job, including removed ones; 0 if there was none.
    func highestNumber() throws(MessageError) -> Int64 {
        try database.read("read its jobs") {
            try Int64.fetchOne($0, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'") ?? 0
        }
    }

    func insert(_ record: JobRecord) throws(MessageError) {
        try database.write("store a job") { try record.insert($0) }
    }

    func deliver(_ clip: Clip, to id: String) throws(MessageError) {
        try database.write("store a result") { db in
            guard var record = try JobRecord.filter(Column("id") == id).fetchOne(db) else { return }
            record.clip = clip
            try record.update(db)
        }
    }

    /// Removes those jobs, and returns them.
    func remove(_ ids: [String]) throws(MessageError) -> [JobRecord] {
        try database.write("remove expired jobs") { db in
            let expired = JobRecord.filter(ids.contains(Column("id")))
            let records = try expired.fetchAll(db)
            try expired.deleteAll(db)
            return records
        }
    }
}
