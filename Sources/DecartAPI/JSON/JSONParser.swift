extension JSONValue {
    /// Parses one JSON text by RFC 8259: the whole of `bytes`, white space around it allowed.
    ///
    /// - An integer that fits `Int64` is `.integer`; every other number is `.number`, so also `1.0`, `1e2`, and `-0`,
    ///   whose sign an integer would lose. A number beyond `Double` is infinite or zero, as elsewhere.
    /// - Of several members with one name the last wins.
    /// - Bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD. The structure around them is refused
    ///   for the slightest fault, but a text with one bad letter still contains its job id.
    /// - A leading byte order mark is skipped, which the RFC permits.
    /// - Throws: `JSONError`, also for lists and objects nested deeper than 128.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }

    /// Parses JSON held as a string; see `init(parsing:)` for bytes.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}

/// A recursive descent over an array with one index. It runs at every status poll: a string without escapes is made
/// straight from its bytes, and nothing is allocated besides the values themselves.
struct JSONParser {
    static let maximumDepth = 128

    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw error("expected the end of the text") }
        return value
    }

    /// The byte at the index; NUL, which no grammar rule allows outside strings, at the end.
    var current: UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    func error(_ reason: String) -> JSONError {
        JSONError(offset: index, reason: index < bytes.count ? reason : "\(reason), but the text ends")
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw error("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth)") }
        index += 1
        skipSpace()
        // Replies have a few members: room for them from the start saves the first growths.
        var members = [String: JSONValue](minimumCapacity: 3)
        if current == UInt8(ascii: "}") {
            index += 1
            return .object([:])
        }
        while true {
            guard current == UInt8(ascii: "\"") else { throw error("expected a member's name in quotes") }
            let name = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected \":\"") }
            index += 1
            skipSpace()
            members[name] = try value(depth: depth)
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                index += 1
                skipSpace()
            case UInt8(ascii: "}"):
                index += 1
                return .object(members)
            default: throw error("expected \",\" or \"}\"")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth)") }
        index += 1
        skipSpace()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            index += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            switch current {
            case UInt8(ascii: ","):
                index += 1
                skipSpace()
            case UInt8(ascii: "]"):
                index += 1
                return .array(elements)
            default: throw error("expected \",\" or \"]\"")
            }
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
        guard matches else { throw error("expected \(word)") }
        index += word.utf8CodeUnitCount
        return value
    }
}
