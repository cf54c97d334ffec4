extension InputValue: CustomStringConvertible {
    /// The value as an error message shows it: short, on one line.
    public var description: String {
        switch self {
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .bytes(let bytes): Excerpt.quoted(bytes)
        // JSON cannot say it.
        case .json(.number(let number)) where !number.isFinite: "\(number)"
        case .json(.array(let items)): "a list of \(items.count)"
        case .json(.object(let members)) where members.isEmpty: "an empty table"
        case .json(.object): "a table"
        case .json(let value): Excerpt.quoted(value.serialized())
        case .file(.path(let path)): "the file \(Excerpt.quoted(path.bytes))"
        // A signed address carries its secret behind the question mark.
        case .file(.url(let url)): "the URL \(Excerpt.quoted(String(url.prefix { $0 != "?" })))"
        case .file(.blob(let blob)): "a Blob of \(blob.size) bytes"
        }
    }
}
