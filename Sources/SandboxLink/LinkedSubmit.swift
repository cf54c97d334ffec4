public import DecartAPI

/// A job or a picture to be paid for, as it crosses the link.
public struct LinkedSubmit: Hashable, Sendable {
    /// The most bytes that its terms may have; and those of a question.
    package static let termsLimit = 12 << 10

    public var isPicture: Bool
    /// As the script has named it.
    public var model: String
    public var path: String
    public var parts: [LinkedPart]
    /// What of it is not sent: an object without others in it.
    public var terms: JSONValue
    /// How long it may take; nil: as long as it likes.
    public var limit: Duration?

    public init(
        isPicture: Bool, model: String, path: String, parts: [LinkedPart], terms: JSONValue, limit: Duration? = nil
    ) {
        self.isPicture = isPicture
        self.model = model
        self.path = path
        self.parts = parts
        self.terms = terms
        self.limit = limit
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(isPicture)
        writer.add(model)
        writer.add(path)
        writer.add(parts) { $1.write(to: &$0) }
        writer.add(terms.serialized())
        writer.add(limit) { $0.add($1.linked) }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        isPicture = try reader.flag()
        model = try reader.text()
        path = try reader.text()
        parts = try reader.list(atMost: LinkedPart.limit) { reader throws(LinkFault) in try LinkedPart(&reader) }
        terms = try reader.facts()
        limit = try reader.optional { reader throws(LinkFault) in Duration(linked: try reader.integer()) }
        try reader.end()
    }
}
