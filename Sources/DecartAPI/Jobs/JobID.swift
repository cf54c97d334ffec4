/// The name of a job, as the server gave it.
public struct JobID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `INVALID_INPUT` for an empty id, or one with `/` or a control character in it: such an id was never
    ///   given out, and as a path it would name something else.
    public init(_ text: String) throws(DecartError) {
        try ServerID.check(text, what: "job id", origin: "job_id that submit returned")
        self.text = text
    }

    /// The id as one segment of a URL's path: all but RFC 3986's unreserved characters percent-encoded.
    public var pathSegment: String { ServerID.pathSegment(text) }

    public var description: String { text }
}

/// `text` with every byte but `A–Z a–z 0–9 - . _ ~` percent-encoded.
public func percentEncoded(_ text: String) -> String {
    // So are the ids that the service gives out, and every look at a job comes by here.
    if text.utf8.allSatisfy(isUnreserved) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        if isUnreserved(byte) {
            bytes.append(byte)
        } else {
            bytes.append(UInt8(ascii: "%"))
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}
