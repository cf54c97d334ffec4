public import DecartAPI

/// What the script process asks of its keeper.
public enum LinkedQuestion: Hashable, Sendable {
    /// The script, a file that the command line names, or Lua beside the script: by the path that the script gave.
    case chunk([UInt8])
    /// A module beside the script, by its name.
    case module(String)
    /// The jobs of this run that the journal has: an object, without others in it, that says which.
    case jobs(JSONValue)
    /// What this run has spent.
    case spend
    /// A file that the script may not open, for the user to decide about.
    case open(LinkedOpening)
    /// How a result was made that has so many bytes, and this digest in hexadecimal digits.
    case provenance(job: String, size: Int, sha256: String)

    public var payload: [UInt8] {
        var writer = FieldWriter()
        switch self {
        case .chunk(let path):
            writer.add(UInt8(0))
            writer.add(path)
        case .module(let name):
            writer.add(UInt8(1))
            writer.add(name)
        case .jobs(let query):
            writer.add(UInt8(2))
            writer.add(query.serialized())
        case .spend: writer.add(UInt8(3))
        case .open(let opening):
            writer.add(UInt8(4))
            writer.add(opening.way.rawValue)
            writer.add(opening.path)
        case .provenance(let job, let size, let sha256):
            writer.add(UInt8(5))
            writer.add(job)
            writer.add(Int64(size))
            writer.add(sha256)
        }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        switch try reader.byte() {
        case 0: self = .chunk(try reader.data())
        case 1: self = .module(try reader.text())
        case 2: self = .jobs(try reader.facts())
        case 3: self = .spend
        case 4:
            guard let way = LinkedOpening.Way(rawValue: try reader.byte()) else {
                throw LinkFault("an unknown way to open a file")
            }
            self = .open(LinkedOpening(way: way, path: try reader.data()))
        case 5: self = .provenance(job: try reader.text(), size: try reader.size(), sha256: try reader.text())
        default: throw LinkFault("an unknown question")
        }
        try reader.end()
    }
}
