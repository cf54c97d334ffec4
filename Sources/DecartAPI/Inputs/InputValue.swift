/// One input of a job as the caller gave it, before any rule has looked at it.
public enum InputValue: Hashable, Sendable {
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// Bytes rather than text: what a script passes need not be UTF-8, and goes out byte for byte.
    case bytes([UInt8])
    /// A table without a file meaning; sent as JSON.
    case json(JSONValue)
    case file(FileInput)
}

/// Where the bytes of a file input come from.
public enum FileInput: Hashable, Sendable {
    case path(String)
    /// An `http(s)` URL, fetched by the client without the key and then sent as a file.
    case url(String)
    case blob(Blob)
}
