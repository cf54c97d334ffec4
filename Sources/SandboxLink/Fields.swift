import DecartAPI

/// Writes a payload's fields one after the other.
public struct FieldWriter: Sendable {
    public var bytes: [UInt8] = []

    public init() {}

    public mutating func add(_ value: UInt8) { bytes.append(value) }
    public mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    public mutating func add(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    public mutating func add(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    public mutating func add(_ value: [UInt8]) {
        add(UInt32(truncatingIfNeeded: value.count))
        bytes += value
    }

    public mutating func add(_ text: String) {
        add(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes += text.utf8
    }

    public mutating func add<Value>(_ value: Value?, _ write: (inout FieldWriter, Value) -> Void) {
        add(value != nil)
        if let value { write(&self, value) }
    }

    public mutating func add<Element>(_ list: [Element], _ write: (inout FieldWriter, Element) -> Void) {
        add(UInt32(truncatingIfNeeded: list.count))
        for element in list { write(&self, element) }
    }
}

/// Reads them again. Nothing is taken on trust: neither lengths nor counts.
public struct FieldReader: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func take(_ count: Int) throws(LinkFault) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw LinkFault("a frame ends within a field") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    public mutating func byte() throws(LinkFault) -> UInt8 {
        let taken = try take(1)
        return taken[taken.startIndex]
    }

    public mutating func flag() throws(LinkFault) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw LinkFault("a flag that is neither 0 nor 1")
        }
    }

    public mutating func word() throws(LinkFault) -> UInt32 {
        UInt32(littleEndian: try take(4).withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
    }

    public mutating func integer() throws(LinkFault) -> Int64 {
        Int64(littleEndian: try take(8).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
    }

    /// How many bytes something has.
    public mutating func size() throws(LinkFault) -> Int {
        let number = try integer()
        guard number >= 0, let size = Int(exactly: number) else { throw LinkFault("a size of \(number) bytes") }
        return size
    }

    public mutating func data() throws(LinkFault) -> [UInt8] {
        Array(try take(Int(try word())))
    }

    /// An object with no others in it: what is read of it takes little more than it takes here.
    mutating func facts() throws(LinkFault) -> JSONValue {
        let bytes = try data()
        guard bytes.count <= LinkedSubmit.termsLimit, let json = try? JSONValue(parsing: bytes),
            case .object(let members) = json
        else { throw LinkFault("what is no object, or too long") }
        for member in members.values {
            switch member {
            case .array, .object: throw LinkFault("an object in an object")
            case .null, .bool, .integer, .number, .string: break
            }
        }
        return json
    }

    public mutating func text() throws(LinkFault) -> String {
        let bytes = try take(Int(try word()))
        do throws(UTF8.ValidationError) {
            // Not by `String(validating:as:)`, which looks its types up anew each time: a poll has a dozen texts.
            return String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            throw LinkFault("a text that is not UTF-8")
        }
    }

    public mutating func optional<Value>(
        _ read: (inout FieldReader) throws(LinkFault) -> Value
    ) throws(LinkFault) -> Value? {
        try flag() ? try read(&self) : nil
    }

    /// - Parameter limit: the most elements there may be.
    public mutating func list<Element>(
        atMost limit: Int, _ read: (inout FieldReader) throws(LinkFault) -> Element
    ) throws(LinkFault) -> [Element] {
        let count = Int(try word())
        guard count <= limit else { throw LinkFault("a list of \(count), where \(limit) are the most") }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    /// - Throws: if something is left.
    public func end() throws(LinkFault) {
        guard position == bytes.count else {
            throw LinkFault("\(bytes.count - position) bytes after a frame's last field")
        }
    }
}
