import GRDB

/// One job as stored in the database: the row, with its lists as JSON.
struct JobRecord: Hashable, Sendable, Codable, FetchableRecord, PersistableRecord {
    struct Field: Hashable, Sendable, Codable {
        var name: String
        var value: String
    }

    static let databaseTableName = "jobs"

    /// Counts up from 1 and is never reused.
    var number: Int64
    var id: String
    /// The model's name.
    var model: String
    var fields: [Field]
    var uploads: [Upload]
    var timetable: JobTimetable
    var clip: Clip?

    /// The text of that field, if it was given.
    func text(of name: String) -> String? {
        fields.last { $0.name == name }?.value
    }
}
