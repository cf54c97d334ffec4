public import DecartAPI
public import ScriptPermissions

/// All that the script process is told before its walls are up. There is no secret in it.
public struct Greeting: Sendable {
    /// The command line, byte for byte.
    public var words: [[UInt8]]
    /// The variables that scripts may see.
    public var environment: [Variable]
    /// The server's address; nil: the queue is in the script process.
    public var server: String?
    /// Why there can be no client: there is no key, or the address is none.
    public var clientFault: DecartError?
    /// What the script may do.
    public var permissions: Permissions
    /// A folder for temporary files; nil: there is none.
    public var temporaryFolder: [UInt8]?
    /// Whether standard error, behind the keeper, is a terminal that shows colours.
    public var hasColour: Bool

    public struct Variable: Hashable, Sendable {
        public var name: [UInt8]
        public var value: [UInt8]

        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    public init(
        words: [[UInt8]], environment: [Variable], server: String?, clientFault: DecartError?,
        permissions: Permissions, temporaryFolder: [UInt8]?,
        hasColour: Bool
    ) {
        self.words = words
        self.environment = environment
        self.server = server
        self.clientFault = clientFault
        self.permissions = permissions
        self.temporaryFolder = temporaryFolder
        self.hasColour = hasColour
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(words) { $0.add($1) }
        writer.add(environment) {
            $0.add($1.name)
            $0.add($1.value)
        }
        writer.add(server) { $0.add($1) }
        writer.add(clientFault) { $0.add($1.linked.serialized()) }
        permissions.write(to: &writer)
        writer.add(temporaryFolder) { $0.add($1) }
        writer.add(hasColour)
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        words = try reader.list(atMost: 1 << 20) { reader throws(LinkFault) in try reader.data() }
        environment = try reader.list(atMost: 1 << 20) { reader throws(LinkFault) in
            Variable(name: try reader.data(), value: try reader.data())
        }
        server = try reader.optional { reader throws(LinkFault) in try reader.text() }
        clientFault = try reader.optional { reader throws(LinkFault) in
            guard let json = try? JSONValue(parsing: try reader.data()), let error = DecartError(linked: json) else {
                throw LinkFault("an error that cannot be read")
            }
            return error
        }
        permissions = try Permissions(&reader)
        temporaryFolder = try reader.optional { reader throws(LinkFault) in try reader.data() }
        hasColour = try reader.flag()
        try reader.end()
    }
}

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
        default: throw LinkFault("an unknown question")
        }
        try reader.end()
    }
}

/// A permission that the script has used: its kind, and the file, program or variable.
public struct LinkedUse: Hashable, Sendable {
    public var kind: PermissionKind
    public var what: [UInt8]

    public init(kind: PermissionKind, what: [UInt8]) {
        self.kind = kind
        self.what = what
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(kind.rawValue)
        writer.add(what)
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        guard let kind = PermissionKind(rawValue: try reader.text()) else { throw LinkFault("an unknown permission") }
        self.kind = kind
        what = try reader.data()
        try reader.end()
    }
}

/// What it is told.
public enum LinkedAnswer: Sendable {
    /// A file's path and what is in it.
    case file(path: [UInt8], bytes: [UInt8])
    /// There is none; or it is not to be had, and why.
    case none(reason: String, isRefusal: Bool)
    /// What the journal has.
    case journal(JSONValue)
    case failed(DecartError)

    public var payload: [UInt8] {
        var writer = FieldWriter()
        switch self {
        case .file(let path, let bytes):
            writer.add(UInt8(0))
            writer.add(path)
            writer.add(bytes)
        case .none(let reason, let isRefusal):
            writer.add(UInt8(1))
            writer.add(reason)
            writer.add(isRefusal)
        case .journal(let json):
            writer.add(UInt8(2))
            writer.add(json.serialized())
        case .failed(let error):
            writer.add(UInt8(3))
            writer.add(error.linked.serialized())
        }
        return writer.bytes
    }

    /// The same, or that it is too long for a frame.
    package var fittingPayload: [UInt8] {
        let payload = payload
        guard payload.count > FrameKind.answer.limit else { return payload }
        let message = "There is more than a script can be told at one time. Ask for less: by label, name or state."
        return LinkedAnswer.failed(DecartError(.invalidOptions, message)).payload
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        switch try reader.byte() {
        case 0: self = .file(path: try reader.data(), bytes: try reader.data())
        case 1: self = .none(reason: try reader.text(), isRefusal: try reader.flag())
        case 2:
            guard let json = try? JSONValue(parsing: try reader.data()) else {
                throw LinkFault("an answer that is no JSON")
            }
            self = .journal(json)
        case 3:
            guard let json = try? JSONValue(parsing: try reader.data()), let error = DecartError(linked: json) else {
                throw LinkFault("an error that cannot be read")
            }
            self = .failed(error)
        default: throw LinkFault("an unknown answer")
        }
        try reader.end()
    }
}
