/// A CSV text whose first record names the columns.
public struct CSVTable: Hashable, Sendable {
    public var names: [[UInt8]]
    /// None has more fields than there are names; what a record lacks at its end was left out.
    public var records: [CSVRecord]

    /// - Throws: for a text that is not CSV, for two columns of one name, and for a record with more fields than names.
    public init(decoding bytes: [UInt8], _ format: CSVFormat = .comma) throws(CSVError) {
        var records = try format.decode(bytes)
        guard !records.isEmpty else {
            (names, self.records) = ([], [])
            return
        }
        let header = records.removeFirst()
        var seen: Set<[UInt8]> = []
        for name in header.fields where !seen.insert(name).inserted {
            throw CSVError(
                line: header.line,
                reason: "two columns are named \"\(String(decoding: name.prefix(80), as: UTF8.self))\"")
        }
        for record in records where record.fields.count > header.fields.count {
            throw CSVError(
                line: record.line,
                reason: "\(record.fields.count) fields, and only \(header.fields.count) columns have a name: "
                    + "a field with a separator in it goes in quotes")
        }
        names = header.fields
        self.records = records
    }
}
