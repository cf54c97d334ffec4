public import DecartAPI

/// What a keeper answers to a question.
public enum LinkedAnswer: Sendable {
    /// A file's path and what is in it.
    case file(path: [UInt8], bytes: [UInt8])
    /// There is none; or it is not to be had, and why.
    case none(reason: String, isRefusal: Bool)
    /// What the journal has.
    case journal(JSONValue)
    case failed(DecartError)
    /// A file is open: its descriptor comes with the frame, and its number is that of the process that has it.
    case opened(descriptor: Int32)
    /// It may be opened, and cannot be: the system's number for why.
    case unopened(code: Int32)

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
        case .opened: writer.add(UInt8(4))
        case .unopened(let code):
            writer.add(UInt8(5))
            writer.add(UInt32(bitPattern: code))
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
        case 4: self = .opened(descriptor: -1)
        case 5: self = .unopened(code: Int32(bitPattern: try reader.word()))
        default: throw LinkFault("an unknown answer")
        }
        try reader.end()
    }
}
