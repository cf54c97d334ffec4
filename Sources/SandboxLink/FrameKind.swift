/// What a frame is, and the most that one may hold: the whole protocol in one table.
///
/// A frame is its payload's length (4 bytes, little-endian), its kind (1) and its number (4), which tells requests
/// apart, and then the payload.
public enum FrameKind: UInt8, Sendable, CaseIterable {
    // From the keeper to the script process.
    /// What the run is to be; the first frame, before the walls are up.
    case greeting = 1
    /// A reply's status and headers.
    case head = 2
    /// A piece of a reply's body.
    case chunk = 3
    /// A reply's body is whole.
    case end = 4
    /// A request came to nothing, or was refused.
    case failure = 5
    /// What became of a submit.
    case outcome = 6
    /// The first bytes of a request have left the machine.
    case began = 7
    /// The answer to a question.
    case answer = 8
    /// What has changed in the document has been taken, and another patch may come.
    case patchTaken = 9
    /// What somebody has done to an element in a page.
    case event = 10
    /// Whether there is, or may be, somebody to do such things.
    case presence = 11

    // From the script process to the keeper.
    /// A request to a server, without its body.
    case request = 32
    /// A job or a picture that costs, without its files.
    case submit = 33
    /// A piece of a request's body.
    case body = 34
    /// A request's body is whole.
    case bodyEnd = 35
    /// Whoever made the request has let go of it.
    case cancel = 36
    /// So many bytes of a reply have been taken.
    case credit = 37
    /// Asks for something that the keeper has.
    case question = 38
    /// A permission has been used.
    case used = 39
    /// A part of what has changed in the document.
    case patch = 40
    /// A picture or a video that the patches after it show, without its bytes.
    case media = 41
    /// A piece of the last one's bytes.
    case mediaPiece = 42
    /// The script has got an event.
    case eventTaken = 43
    /// An error of the script's, for the page.
    case report = 44
    /// The process is about to end, and its page with it.
    case leaves = 45

    public enum Direction: Sendable {
        case toScript, toKeeper
    }

    public var direction: Direction { rawValue < 32 ? .toScript : .toKeeper }

    /// The longest payload, in bytes.
    public var limit: Int {
        switch self {
        case .greeting: 4 << 20
        case .head: 2 << 20
        case .chunk: 256 << 10
        case .body: 64 << 10
        case .failure, .outcome: 1 << 20
        case .answer: 16 << 20
        case .request, .submit: 1 << 20
        case .question: 16 << 10
        case .used: 16 << 10
        case .patch: LinkedDocument.textLimit + 1 << 20
        case .media: 16 << 10
        case .mediaPiece, .report: 64 << 10
        case .event: 1 << 20
        case .credit: 4
        case .presence: 1
        case .end, .bodyEnd, .cancel, .began, .patchTaken, .eventTaken, .leaves: 0
        }
    }
}

/// One message between keeper and script process.
public struct Frame: Hashable, Sendable {
    public static let headerSize = 9

    public var kind: FrameKind
    /// Of the request that it is about; 0 where there is none.
    public var number: UInt32
    public var payload: [UInt8]

    public init(_ kind: FrameKind, _ number: UInt32 = 0, _ payload: [UInt8] = []) {
        self.kind = kind
        self.number = number
        self.payload = payload
    }

    /// As it travels.
    public var bytes: [UInt8] {
        var bytes = Self.header(kind, number, payload.count, reserving: payload.count)
        bytes += payload
        return bytes
    }

    /// What travels before a payload of so many bytes.
    ///
    /// - Parameter rest: for how many more bytes there is to be room.
    public static func header(
        _ kind: FrameKind, _ number: UInt32, _ count: Int, reserving rest: Int = 0
    ) -> [UInt8] {
        var writer = FieldWriter()
        writer.bytes.reserveCapacity(headerSize + rest)
        writer.add(UInt32(truncatingIfNeeded: count))
        writer.add(kind.rawValue)
        writer.add(number)
        return writer.bytes
    }
}

/// What was received is no message of this protocol: whoever sent it is not to be talked to any further.
public struct LinkFault: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}
