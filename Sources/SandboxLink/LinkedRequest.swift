public import DecartAPI

/// A request to a server as it crosses the link.
public struct LinkedRequest: Hashable, Sendable {
    public enum Body: Hashable, Sendable {
        case none
        /// So many bytes follow, and are JSON.
        case json(size: Int)
        /// So many follow, and are sent as they are.
        case bytes(size: Int)
        /// The contents of the files follow, one after the other.
        case form([LinkedPart])
    }

    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: TransportRequest.Method
    public var url: String
    public var headers: [Header]
    public var body: Body
    public var idleTimeout: Duration
    public var streamsReply: Bool
    public var needsFreshConnection: Bool
    /// Whether a `began` frame is to tell when it is about to leave.
    public var tellsOfSending: Bool

    public init(
        method: TransportRequest.Method, url: String, headers: [Header] = [], body: Body = .none,
        idleTimeout: Duration = .seconds(60), streamsReply: Bool = false, needsFreshConnection: Bool = false,
        tellsOfSending: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.idleTimeout = idleTimeout
        self.streamsReply = streamsReply
        self.needsFreshConnection = needsFreshConnection
        self.tellsOfSending = tellsOfSending
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(method.rawValue)
        writer.add(url)
        writer.add(headers) {
            $0.add($1.name)
            $0.add($1.value)
        }
        switch body {
        case .none: writer.add(UInt8(0))
        case .json(let size):
            writer.add(UInt8(1))
            writer.add(Int64(size))
        case .bytes(let size):
            writer.add(UInt8(2))
            writer.add(Int64(size))
        case .form(let parts):
            writer.add(UInt8(3))
            writer.add(parts) { $1.write(to: &$0) }
        }
        writer.add(idleTimeout.linked)
        writer.add(streamsReply)
        writer.add(needsFreshConnection)
        writer.add(tellsOfSending)
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        guard let method = TransportRequest.Method(rawValue: try reader.text()) else {
            throw LinkFault("an unknown method")
        }
        self.method = method
        url = try reader.text()
        headers = try reader.list(atMost: 256) { reader throws(LinkFault) in
            Header(name: try reader.text(), value: try reader.text())
        }
        switch try reader.byte() {
        case 0: body = .none
        case 1: body = .json(size: try reader.size())
        case 2: body = .bytes(size: try reader.size())
        case 3:
            body = .form(
                try reader.list(atMost: LinkedPart.limit) { reader throws(LinkFault) in try LinkedPart(&reader) })
        default: throw LinkFault("an unknown body")
        }
        idleTimeout = Duration(linked: try reader.integer())
        streamsReply = try reader.flag()
        needsFreshConnection = try reader.flag()
        tellsOfSending = try reader.flag()
        try reader.end()
    }
}

/// A part of a form; a file's bytes follow later.
public struct LinkedPart: Hashable, Sendable {
    /// How many a form may have.
    public static let limit = 256

    public enum Content: Hashable, Sendable {
        case text([UInt8])
        case file(name: [UInt8], type: String, size: Int)
    }

    public var name: String
    public var content: Content

    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    func write(to writer: inout FieldWriter) {
        writer.add(name)
        switch content {
        case .text(let bytes):
            writer.add(UInt8(0))
            writer.add(bytes)
        case .file(let name, let type, let size):
            writer.add(UInt8(1))
            writer.add(name)
            writer.add(type)
            writer.add(Int64(size))
        }
    }

    init(_ reader: inout FieldReader) throws(LinkFault) {
        name = try reader.text()
        switch try reader.byte() {
        case 0: content = .text(try reader.data())
        case 1:
            content = .file(name: try reader.data(), type: try reader.text(), size: try reader.size())
        default: throw LinkFault("an unknown part of a form")
        }
    }
}

extension Duration {
    /// In nanoseconds.
    var linked: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }

    init(linked nanoseconds: Int64) {
        self = .nanoseconds(nanoseconds)
    }
}
