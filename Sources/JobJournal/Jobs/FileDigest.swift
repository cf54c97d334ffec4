internal import Crypto
public import DecartAPI

/// A file that is sent with a job, or that came of one.
public struct FileDigest: Hashable, Sendable {
    /// The input's name, such as `data`.
    public var field: String
    /// The file's own name.
    public var name: String
    /// Bytes.
    public var size: Int
    /// Lowercase hexadecimal.
    public var sha256: String
    /// Where it was read from, so that the job can be made again; nil for bytes that were in no file of the user's.
    public var path: String?

    public init(field: String, name: String, size: Int, sha256: String, path: String? = nil) {
        self.field = field
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.path = path
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "field": .string(field), "name": .string(name), "size": .integer(Int64(size)), "sha256": .string(sha256),
        ]
        members["path"] = path.map { .string($0) }
        return .object(members)
    }

    init?(_ json: JSONValue) {
        guard let field = json["field"]?.text, let name = json["name"]?.text, let sha256 = json["sha256"]?.text,
            case .integer(let size)? = json["size"]
        else { return nil }
        self.init(field: field, name: name, size: Int(size), sha256: sha256, path: json["path"]?.text)
    }

    public static func list(parsing text: String) -> [FileDigest] {
        guard case .array(let items)? = try? JSONValue(parsing: text) else { return [] }
        return items.compactMap(FileDigest.init)
    }
}

/// A SHA-256 that grows.
public struct RunningDigest {
    private var hash = SHA256()

    public init() {}

    public mutating func update(_ bytes: [UInt8]) {
        hash.update(data: bytes)
    }

    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// Lowercase hexadecimal.
    public func finished() -> String { hexadecimal(hash.finalize()) }

    /// The digest of bytes that are all there.
    public static func sha256(_ bytes: [UInt8]) -> String {
        var digest = RunningDigest()
        digest.update(bytes)
        return digest.finished()
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
