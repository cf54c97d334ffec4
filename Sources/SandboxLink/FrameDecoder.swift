/// Takes frames off a stream of bytes. It reads nothing and keeps no more than one frame that is not whole yet.
public struct FrameDecoder: Sendable {
    private let direction: FrameKind.Direction
    private var buffer: [UInt8] = []
    private var start = 0
    private var fault: LinkFault?

    /// - Parameter direction: frames of the other one are a fault.
    public init(_ direction: FrameKind.Direction) {
        self.direction = direction
    }

    /// Bytes that are held now.
    public var held: Int { buffer.count - start }

    /// Adds what was received. Frames are to be taken off, by `next`, before more is added.
    public mutating func add(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer += bytes
    }

    /// The next frame that is whole; nil until there is one.
    ///
    /// - Throws: for what is no frame; from then on always.
    public mutating func next() throws(LinkFault) -> Frame? {
        if let fault { throw fault }
        guard held >= Frame.headerSize else { return nil }
        let length = Int(word(at: start))
        let code = buffer[start + 4]
        guard let kind = FrameKind(rawValue: code), kind.direction == direction else {
            throw fail("a frame of the unknown kind \(code)")
        }
        guard length <= kind.limit else { throw fail("a frame of \(length) bytes, where \(kind.limit) are the most") }
        let end = start + Frame.headerSize + length
        guard buffer.count >= end else { return nil }
        let number = word(at: start + 5)
        let payload = Array(buffer[(start + Frame.headerSize)..<end])
        start = end
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            start = 0
        }
        return Frame(kind, number, payload)
    }

    private mutating func fail(_ reason: String) -> LinkFault {
        let fault = LinkFault(reason)
        self.fault = fault
        buffer = []
        start = 0
        return fault
    }

    private func word(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(buffer[index + $1]) << (8 * $1) }
    }
}
