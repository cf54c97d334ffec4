/// The inputs that a group of models takes: which fields, of which type, under which rules. Client and local queue
/// both use it, so that they accept the same.
public struct InputSchema: Hashable, Sendable {
    public var name: String
    /// In the order in which they are sent; files come last wherever they are here.
    public var fields: [InputField]
    /// Exactly one of these fields must be given (`restyle`: a prompt or a reference image); empty means no such rule.
    public var exactlyOneOf: [String]
    /// No more than one of these fields may be given.
    public var atMostOneOf: [String]
    /// `field` may be given only together with `with` (`restyle`: `enhance_prompt` only with `prompt`).
    public var onlyWith: [Requirement]

    /// A field that is useless without another one.
    public struct Requirement: Hashable, Sendable {
        public var field: String
        public var with: String
        public init(field: String, with: String) {
            self.field = field
            self.with = with
        }
    }

    public init(
        name: String, fields: [InputField], exactlyOneOf: [String] = [], atMostOneOf: [String] = [],
        onlyWith: [Requirement] = []
    ) {
        self.name = name
        self.fields = fields
        self.exactlyOneOf = exactlyOneOf
        self.atMostOneOf = atMostOneOf
        self.onlyWith = onlyWith
    }
}

/// One input field.
public struct InputField: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Text; the bounds count Unicode scalars, nil means no bound.
        case text(min: Int, max: Int?)
        case integer(ClosedRange<Int64>)
        /// An integer, or this word in its place.
        case integerOrWord(ClosedRange<Int64>, String)
        case boolean
        /// One of these words.
        case choice([String])
        case imageFile
        case videoFile
        /// A file of whatever kind.
        case anyFile
        /// A list of `{frame, x, y}`, numbers from 0 up.
        case trajectory(count: ClosedRange<Int>)
    }

    public var name: String
    public var kind: Kind
    public var required: Bool
    /// Sent when the caller gives nothing (`resolution`).
    public var defaultText: String?

    public init(_ name: String, _ kind: Kind, required: Bool = false, defaultText: String? = nil) {
        self.name = name
        self.kind = kind
        self.required = required
        self.defaultText = defaultText
    }

    public var isFile: Bool { [.imageFile, .videoFile, .anyFile].contains(kind) }
}
