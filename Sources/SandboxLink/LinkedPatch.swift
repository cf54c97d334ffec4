public import LiveDocument

/// What has changed in a document, or a part of it, as it crosses the link. Pictures and videos that the script holds are
/// numbers in it: what they are went before.
public struct LinkedPatch: Sendable {
    /// A patch is cut into parts where one has so many bytes.
    static let partSize = 256 << 10

    public var patch: DocumentPatch
    /// Whether nothing more of it follows.
    public var isLast: Bool

    /// A patch as the payloads of its parts.
    ///
    /// - Parameter number: of a picture or a video.
    public static func parts(of patch: DocumentPatch, _ number: (MediaBlob) -> UInt32) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var left = patch.elements[...]
        repeat {
            var elements = FieldWriter()
            var count: UInt32 = 0
            while elements.bytes.count < partSize, let change = left.popFirst() {
                change.write(to: &elements, number)
                count += 1
            }
            var writer = FieldWriter()
            writer.add(left.isEmpty)
            writer.add(Int64(patch.from))
            writer.add(Int64(patch.sequence))
            // Once is enough.
            writer.add(parts.isEmpty ? patch.title : nil) { $0.add($1) }
            writer.add(count)
            parts.append(writer.bytes + elements.bytes)
        } while !left.isEmpty
        return parts
    }

    /// - Parameter blob: the picture or video of that number.
    public init(
        _ payload: [UInt8], _ blob: (UInt32) throws(LinkFault) -> MediaBlob
    ) throws(LinkFault) {
        var reader = FieldReader(payload)
        isLast = try reader.flag()
        patch = DocumentPatch(from: try reader.count(), sequence: try reader.count())
        patch.title = try reader.optional { reader throws(LinkFault) in try reader.text() }
        patch.elements = try reader.list(atMost: LinkedDocument.elementLimit) { reader throws(LinkFault) in
            try ElementChange(&reader, blob)
        }
        try reader.end()
    }
}

extension FieldReader {
    /// One that can be counted on from: what is added to it does not overflow.
    fileprivate mutating func count() throws(LinkFault) -> Int {
        let number = try integer()
        guard number >= 0, number < 1 << 53, let count = Int(exactly: number) else {
            throw LinkFault("the number \(number) in a patch")
        }
        return count
    }

    fileprivate mutating func element() throws(LinkFault) -> ElementID { ElementID(number: try count()) }
}

extension ElementChange {
    fileprivate func write(to writer: inout FieldWriter, _ number: (MediaBlob) -> UInt32) {
        writer.add(Int64(id.number))
        writer.add(name) { $0.add($1) }
        writer.add(tag.rawValue)
        writer.add(hasOwnTag)
        writer.add(isNew)
        writer.add(UInt32(properties.count))
        for (property, value) in properties {
            writer.add(UInt8(property.rawValue))
            writer.add(value) { $1.write(to: &$0, number) }
        }
        writer.add(children) { writer, children in writer.add(children) { $0.add(Int64($1.number)) } }
    }

    fileprivate init(
        _ reader: inout FieldReader, _ blob: (UInt32) throws(LinkFault) -> MediaBlob
    ) throws(LinkFault) {
        self.init(
            id: try reader.element(),
            name: try reader.optional { reader throws(LinkFault) in try reader.text() },
            tag: .p, hasOwnTag: false, isNew: false, properties: [:], children: nil)
        guard let tag = ElementTag(rawValue: try reader.text()) else { throw LinkFault("an unknown tag") }
        self.tag = tag
        hasOwnTag = try reader.flag()
        isNew = try reader.flag()
        for _ in 0..<(try reader.word()) {
            guard let property = ElementProperty(rawValue: Int(try reader.byte())), properties[property] == nil else {
                throw LinkFault("an unknown property")
            }
            let value = try reader.optional { reader throws(LinkFault) in try PropertyValue(&reader, blob) }
            guard value?.fits(property) ?? true else { throw LinkFault("a value that \(property.name) cannot have") }
            properties[property] = .some(value)
        }
        children = try reader.optional { reader throws(LinkFault) in
            try reader.list(atMost: LinkedDocument.elementLimit) { reader throws(LinkFault) in try reader.element() }
        }
    }
}

extension PropertyValue {
    fileprivate func write(to writer: inout FieldWriter, _ number: (MediaBlob) -> UInt32) {
        switch self {
        case .text(let text):
            writer.add(UInt8(0))
            writer.add(text)
        case .number(let value):
            writer.add(UInt8(1))
            writer.add(Int64(bitPattern: value.bitPattern))
        case .flag(let flag):
            writer.add(UInt8(2))
            writer.add(flag)
        case .media(.path(let path)):
            writer.add(UInt8(3))
            writer.add(path)
        case .media(.url(let url)):
            writer.add(UInt8(4))
            writer.add(url)
        case .media(.blob(let blob)):
            writer.add(UInt8(5))
            writer.add(number(blob))
        }
    }

    fileprivate init(
        _ reader: inout FieldReader, _ blob: (UInt32) throws(LinkFault) -> MediaBlob
    ) throws(LinkFault) {
        switch try reader.byte() {
        case 0: self = .text(try reader.text())
        case 1: self = .number(Double(bitPattern: UInt64(bitPattern: try reader.integer())))
        case 2: self = .flag(try reader.flag())
        case 3: self = .media(.path(try reader.text()))
        case 4:
            let text = try reader.text()
            // What it says it is, it is to be: a renderer would open a path.
            guard case .url = MediaSource(text) else { throw LinkFault("an address that is none") }
            self = .media(.url(text))
        case 5: self = .media(.blob(try blob(try reader.word())))
        default: throw LinkFault("an unknown value")
        }
    }

    /// Whether a script can give this to the property.
    fileprivate func fits(_ property: ElementProperty) -> Bool {
        switch (property.type, self) {
        case (.text, .text), (.word, .text), (.numberOrText, .text), (.media, .media): true
        case (.number(let isPositive), .number(let number)): number.isFinite && (number > 0 || !isPositive)
        case (.numberOrText, .number(let number)): number.isFinite
        case (.flag, .flag(let flag)), (.event, .flag(let flag)): flag
        default: false
        }
    }
}

/// A picture or a video that a patch is about to show, as it crosses the link; its bytes follow in pieces where a page is
/// to have them.
public struct LinkedMedia: Hashable, Sendable {
    /// Bytes.
    public var size: Int
    /// The media type.
    public var type: String
    public var name: String?
    /// The job whose result it is.
    public var jobID: String?
    /// Whether its bytes follow.
    public var hasContent: Bool
    /// The file that it is saved as if no page fetches it; nil: it need not be saved.
    public var fileName: [UInt8]?

    public init(
        size: Int, type: String, name: String?, jobID: String?, hasContent: Bool, fileName: [UInt8]? = nil
    ) {
        self.size = size
        self.type = type
        self.name = name
        self.jobID = jobID
        self.hasContent = hasContent
        self.fileName = fileName
    }

    public var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(Int64(size))
        writer.add(type)
        writer.add(name) { $0.add($1) }
        writer.add(jobID) { $0.add($1) }
        writer.add(hasContent)
        writer.add(fileName) { $0.add($1) }
        return writer.bytes
    }

    public init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        size = try reader.size()
        type = try reader.text()
        name = try reader.optional { reader throws(LinkFault) in try reader.text() }
        jobID = try reader.optional { reader throws(LinkFault) in try reader.text() }
        hasContent = try reader.flag()
        fileName = try reader.optional { reader throws(LinkFault) in try reader.data() }
        try reader.end()
    }
}

extension DocumentEvent {
    /// As it crosses the link.
    package var payload: [UInt8] {
        var writer = FieldWriter()
        writer.add(Int64(target.number))
        writer.add(kind.rawValue)
        writer.add(value) { $0.add($1) }
        return writer.bytes
    }

    package init(_ payload: [UInt8]) throws(LinkFault) {
        var reader = FieldReader(payload)
        let target = try reader.element()
        guard let kind = Kind(rawValue: try reader.text()) else { throw LinkFault("an unknown event") }
        self.init(kind, on: target, value: try reader.optional { reader throws(LinkFault) in try reader.text() })
        try reader.end()
    }
}
