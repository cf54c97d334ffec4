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
    /// The folder of what runs have learned, where the script may read and write it.
    public var stateFolder: String?
    /// Whether somebody can be asked for what it may not do.
    public var canAsk: Bool
    /// Where the keeper shows the script's document.
    public var display: Display

    public struct Display: OptionSet, Hashable, Sendable {
        public var rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Live on the terminal, so that the script process prints no lines.
        public static let terminal = Display(rawValue: 1)
        /// In a page.
        public static let page = Display(rawValue: 2)
    }

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
        permissions: Permissions, temporaryFolder: [UInt8]?, stateFolder: String? = nil,
        canAsk: Bool, display: Display = []
    ) {
        self.words = words
        self.environment = environment
        self.server = server
        self.clientFault = clientFault
        self.permissions = permissions
        self.temporaryFolder = temporaryFolder
        self.stateFolder = stateFolder
        self.canAsk = canAsk
        self.display = display
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
        writer.add(stateFolder) { $0.add($1) }
        writer.add(canAsk)
        writer.add(display.rawValue)
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
        stateFolder = try reader.optional { reader throws(LinkFault) in try reader.text() }
        canAsk = try reader.flag()
        display = Display(rawValue: try reader.byte())
        try reader.end()
    }
}
