/// One pass over a text; what it reads and what it refuses stands in `CSVFormat`.
struct CSVParser {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let bytes: [UInt8]
    let separator: UInt8
    private var index = 0
    private var line = 1

    init(bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
    }

    mutating func records() throws(CSVError) -> [CSVRecord] {
        if bytes.starts(with: Self.byteOrderMark) { index = Self.byteOrderMark.count }
        var records: [CSVRecord] = []
        while index < bytes.count {
            if takeLineEnd() { continue }
            records.append(try record())
        }
        return records
    }

    private mutating func record() throws(CSVError) -> CSVRecord {
        var record = CSVRecord(fields: [], line: line)
        while true {
            record.fields.append(try field())
            if index == bytes.count || takeLineEnd() { return record }
            // What ends a field otherwise is a separator.
            index += 1
        }
    }

    private mutating func field() throws(CSVError) -> [UInt8] {
        if index < bytes.count, bytes[index] == CSVFormat.quote { return try quotedField() }
        let start = index
        while index < bytes.count, bytes[index] != separator, !isLineEnd(bytes[index]) {
            guard bytes[index] != CSVFormat.quote else {
                throw CSVError(
                    line: line,
                    reason: "a quote in the middle of a field: put the whole field in quotes, and double those in it")
            }
            index += 1
        }
        return Array(bytes[start..<index])
    }

    /// The index is on the opening quote, and afterwards past the closing one.
    private mutating func quotedField() throws(CSVError) -> [UInt8] {
        let start = line
        var field: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte != CSVFormat.quote {
                let before = index
                if !takeLineEnd() { index += 1 }
                field.append(contentsOf: bytes[before..<index])
                continue
            }
            index += 1
            guard index < bytes.count, bytes[index] == CSVFormat.quote else {
                guard index == bytes.count || bytes[index] == separator || isLineEnd(bytes[index]) else {
                    throw CSVError(
                        line: line,
                        reason: "text behind the closing quote of a field: double the quotes that belong to it")
                }
                return field
            }
            field.append(CSVFormat.quote)
            index += 1
        }
        throw CSVError(line: start, reason: "a quoted field that begins here is never closed")
    }

    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == CSVFormat.lineFeed || byte == CSVFormat.carriageReturn
    }

    /// Takes CR LF, LF or CR, and counts the line.
    private mutating func takeLineEnd() -> Bool {
        guard isLineEnd(bytes[index]) else { return false }
        let isPair =
            bytes[index] == CSVFormat.carriageReturn && index + 1 < bytes.count
            && bytes[index + 1] == CSVFormat.lineFeed
        index += isPair ? 2 : 1
        line += 1
        return true
    }
}
