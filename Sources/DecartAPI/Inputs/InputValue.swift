/// One input of a job as the caller gave it, before any check.
public enum InputValue: Hashable, Sendable {
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// Bytes rather than text: what a script passes need not be UTF-8, and goes out byte for byte.
    case bytes([UInt8])
    /// A table that does not stand for a file; sent as JSON.
    case json(JSONValue)
    case file(FileInput)
}
