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
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            bytes.append(byte)
        default:
            bytes.append(UInt8(ascii: "%"))
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
