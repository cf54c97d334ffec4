/// Comma-separated values as RFC 4180 has them, in bytes: what is not UTF-8 stays as it is.
///
/// | read                            | is                                                                    |
/// |---------------------------------|-----------------------------------------------------------------------|
/// | CR LF, LF or CR                 | the end of a record; behind the last record it may be left out         |
/// | a line with nothing on it       | nothing                                                               |
/// | `"` at a field's beginning      | the beginning of a quoted field, which may hold separators, line ends, and `""` for a quote |
/// | anything between the closing quote and the separator | an error                                         |
/// | a quote elsewhere in a field    | an error: nobody can tell what was meant                              |
/// | a byte order mark at the start  | nothing                                                               |
///
/// Written are CR LF behind each record, and quotes around fields that need them.
public struct CSVFormat: Hashable, Sendable {
    /// What stands between two fields; one byte that is no quote and no line end.
    public let separator: UInt8

    public static let comma = CSVFormat(uncheckedSeparator: UInt8(ascii: ","))

    /// Nil for a separator that cannot be told from quotes and line ends.
    public init?(separator: UInt8) {
        guard separator != Self.quote, separator != Self.lineFeed, separator != Self.carriageReturn else { return nil }
        self.init(uncheckedSeparator: separator)
    }

    private init(uncheckedSeparator: UInt8) {
        separator = uncheckedSeparator
    }

    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// The records of a text, in order; their numbers of fields may differ.
    public func decode(_ bytes: [UInt8]) throws(CSVError) -> [CSVRecord] {
        var parser = CSVParser(bytes: bytes, separator: separator)
        return try parser.records()
    }

    /// A text of these records.
    public func encode(_ records: some Sequence<[[UInt8]]>) -> [UInt8] {
        var text: [UInt8] = []
        for fields in records {
            for (index, field) in fields.enumerated() {
                if index > 0 { text.append(separator) }
                // A line with nothing on it would not be read as a record.
                let isAlone = fields.count == 1 && field.isEmpty
                append(field, quoted: isAlone || needsQuotes(field), to: &text)
            }
            text.append(Self.carriageReturn)
            text.append(Self.lineFeed)
        }
        return text
    }

    private func append(_ field: [UInt8], quoted: Bool, to text: inout [UInt8]) {
        guard quoted else { return text.append(contentsOf: field) }
        text.append(Self.quote)
        for byte in field {
            if byte == Self.quote { text.append(Self.quote) }
            text.append(byte)
        }
        text.append(Self.quote)
    }

    private func needsQuotes(_ field: [UInt8]) -> Bool {
        // What begins like a byte order mark would lose it at the beginning of a text.
        field.contains { $0 == separator || $0 == Self.quote || $0 == Self.lineFeed || $0 == Self.carriageReturn }
            || field.starts(with: CSVParser.byteOrderMark)
    }
}
