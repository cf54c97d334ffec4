/// One record of a CSV text: its fields, as bytes, without quotes.
public struct CSVRecord: Hashable, Sendable {
    public var fields: [[UInt8]]
    /// The line that it begins at, counted from 1. A quoted field may go on over several lines.
    public var line: Int

    public init(fields: [[UInt8]], line: Int) {
        self.fields = fields
        self.line = line
    }
}
