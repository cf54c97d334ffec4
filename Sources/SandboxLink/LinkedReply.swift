public import DecartAPI

/// A reply's status and headers as they cross the link; the body follows, in chunks.
public struct LinkedHead: Hashable, Sendable {
    public var status: Int
    public var headers: [LinkedRequest.Header]
    public var isDecoded: Bool
    /// A collected body; nil: it follows as chunks.
    public var body: [UInt8]?

    public init(status: Int, headers: [LinkedRequest.Header], isDecoded: Bool = false, body: [UInt8]? = nil) {
        self.status = status
        self.headers = headers
        self.isDecoded = isDecoded
        self.body = body
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(UInt32(truncatingIfNeeded: status))
        writer.add(headers) {
            $0.add($1.name)
            $0.add($1.value)
        }
        writer.add(isDecoded)
        writer.add(body) { $0.add($1) }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        status = Int(try reader.word())
        headers = try reader.list(atMost: 4096) { reader throws(LinkFault) in
            LinkedRequest.Header(name: try reader.text(), value: try reader.text())
        }
        isDecoded = try reader.flag()
        body = try reader.optional { reader throws(LinkFault) in try reader.data() }
        try reader.end()
    }
}

/// Why a request came to nothing, as it crosses the link.
public struct LinkedFailure: Sendable {
    public var failure: TransportError

    public init(_ failure: TransportError) {
        self.failure = failure
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        let kind: UInt8 =
            switch failure.kind {
            case .network: 0
            case .timeout: 1
            case .cancelled: 2
            case .body: 3
            }
        writer.add(kind)
        writer.add(failure.reach == .maybeSent)
        writer.add(failure.reason)
        writer.add(failure.refusal) { $0.add($1.linked.serialized()) }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        let kind: TransportError.Kind
        switch try reader.byte() {
        case 0: kind = .network
        case 1: kind = .timeout
        case 2: kind = .cancelled
        case 3: kind = .body
        default: throw LinkFault("an unknown failure")
        }
        let reach: TransportError.Reach = try reader.flag() ? .maybeSent : .neverSent
        failure = TransportError(kind, reach: reach, reason: try reader.text())
        failure.refusal = try reader.optional { reader throws(LinkFault) in
            guard let json = try? JSONValue(parsing: try reader.data()), let error = DecartError(linked: json) else {
                throw LinkFault("a refusal that cannot be read")
            }
            return error
        }
        try reader.end()
    }
}

/// What became of a submit, as it crosses the link.
public enum LinkedOutcome: Sendable {
    /// The job, whether it was known, and whether its result is on disk.
    case job([String: JSONValue], isReplayed: Bool, isFetched: Bool)
    /// The picture follows as a reply does.
    case failed(DecartError)

    public var payload: [UInt8] {
        var writer = FieldWriter()
        switch self {
        case .job(let members, let isReplayed, let isFetched):
            writer.add(true)
            writer.add(JSONValue.object(members).serialized())
            writer.add(isReplayed)
            writer.add(isFetched)
        case .failed(let error):
            writer.add(false)
            writer.add(error.linked.serialized())
        }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        let isJob = try reader.flag()
        guard let json = try? JSONValue(parsing: try reader.data()) else {
            throw LinkFault("an outcome that is not JSON")
        }
        if isJob, case .object(let members) = json {
            self = .job(members, isReplayed: try reader.flag(), isFetched: try reader.flag())
        } else if !isJob, let error = DecartError(linked: json) {
            self = .failed(error)
        } else {
            throw LinkFault("an outcome that cannot be read")
        }
        try reader.end()
    }
}

extension DecartError {
    /// As an object that keeps all of it.
    package var linked: JSONValue {
        var members: [String: JSONValue] = [
            "code": .string(code.rawValue), "message": .string(message), "data": .object(data),
            "retryable": .bool(retryable), "isOutcomeUnknown": .bool(isOutcomeUnknown),
        ]
        members["status"] = status.map { .integer(Int64($0)) }
        members["retryAfter"] = retryAfter.map { .integer($0.linked) }
        members["cause"] = cause.map { .string($0) }
        return .object(members)
    }

    package init?(linked: JSONValue) {
        guard let code = linked["code"]?.text.flatMap(DecartErrorCode.init), let message = linked["message"]?.text
        else {
            return nil
        }
        self.init(code, message)
        if case .object(let data)? = linked["data"] { self.data = data }
        if case .integer(let status)? = linked["status"] { self.status = Int(exactly: status) }
        if case .integer(let wait)? = linked["retryAfter"] { retryAfter = Duration(linked: wait) }
        retryable = linked["retryable"] == true
        isOutcomeUnknown = linked["isOutcomeUnknown"] == true
        cause = linked["cause"]?.text
    }
}
