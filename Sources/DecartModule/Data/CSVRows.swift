internal import DecartAPI
internal import LuaVM

/// A script's rows as the fields of records.
enum CSVRows {
    static let bounds = LuaCopyBounds(depth: 3, tables: 10_000_000)
    /// More columns than anybody has: a list whose last index is beyond them is a slip.
    private static let mostColumns = 100_000

    /// - Parameter header: the columns' names, which make the first record.
    /// - Throws: `INVALID_CSV`, naming the row and what is wrong with it.
    static func records(_ rows: LuaTable, _ header: [[UInt8]]?) throws(DecartError) -> [[[UInt8]]] {
        guard rows.entries.isEmpty else {
            throw DecartError(.invalidCSV, "encode takes a list of rows, and this table has other keys than 1 to n.")
        }
        var records: [[[UInt8]]] = header.map { [$0] } ?? []
        records.reserveCapacity(rows.sequence.count + 1)
        for (index, row) in rows.sequence.enumerated() {
            guard case .table(let row) = row else {
                throw fault(index, "is a \(row.typeName.rawValue), not a table")
            }
            records.append(try fields(row, index, header))
        }
        return records
    }

    private static func fields(_ row: LuaTable, _ index: Int, _ header: [[UInt8]]?) throws(DecartError) -> [[UInt8]] {
        guard let header, row.sequence.isEmpty else { return try listed(row, index, header) }
        var values: [[UInt8]: LuaValue] = [:]
        for entry in row.entries {
            guard case .string(let name) = entry.key else { return try listed(row, index, header) }
            values[name] = entry.value
        }
        var fields: [[UInt8]] = []
        for name in header { fields.append(try field(values.removeValue(forKey: name) ?? .nil, index, name)) }
        if let stray = values.keys.min(by: { $0.lexicographicallyPrecedes($1) }) {
            throw fault(index, "has \(Excerpt.quoted(stray)), which is no column of the header")
        }
        return fields
    }

    /// A list, which may have holes.
    private static func listed(_ row: LuaTable, _ index: Int, _ header: [[UInt8]]?) throws(DecartError) -> [[UInt8]] {
        var values = row.sequence
        for entry in row.entries where entry.key != .text("n") {
            guard case .integer(let position) = entry.key, position >= 1, position <= mostColumns else {
                let name = entry.key.bytes.map { Excerpt.quoted($0) } ?? "a key that is no column's number"
                throw fault(
                    index, "has \(name)\(header == nil ? "; header = {…} tells the columns of rows with names" : "")")
            }
            while values.count < Int(position) { values.append(.nil) }
            values[Int(position) - 1] = entry.value
        }
        if let header {
            guard values.count <= header.count else {
                throw fault(index, "has \(values.count) values, and the header \(header.count) names")
            }
            while values.count < header.count { values.append(.nil) }
        }
        var fields: [[UInt8]] = []
        for (column, value) in values.enumerated() {
            fields.append(try field(value, index, Array("\(column + 1)".utf8)))
        }
        return fields
    }

    private static func field(_ value: LuaValue, _ row: Int, _ column: [UInt8]) throws(DecartError) -> [UInt8] {
        switch value {
        case .nil: []
        case .string(let bytes): bytes
        case .integer(let integer): Array(integer.description.utf8)
        case .number(let number): Array(number.description.utf8)
        case .boolean(let boolean): Array(boolean.description.utf8)
        case .object(let object) where object.kind == JSONComposer.null: []
        case .table, .object, .opaque:
            throw fault(
                row,
                "has a \(value.typeName.rawValue) in column \(String(decoding: column.prefix(80), as: UTF8.self)); "
                    + "write it as a string first")
        }
    }

    private static func fault(_ row: Int, _ what: String) -> DecartError {
        DecartError(.invalidCSV, "Row \(row + 1) \(what).", data: ["row": .integer(Int64(row + 1))])
    }
}
