/// Takes frames off a stream of bytes. It reads nothing and keeps no more than one frame that is not whole yet.
public struct FrameDecoder: Sendable {
    private let direction: FrameKind.Direction
    /// From `start` to `end` it has been received and not been taken off.
    private var buffer: [UInt8] = []
    private var start = 0
    private var end = 0
    private var fault: LinkFault?

    /// - Parameter direction: frames of the other one are a fault.
    public init(_ direction: FrameKind.Direction) {
        self.direction = direction
    }

    /// Bytes that are held now.
    public var held: Int { end - start }

    /// Adds what was received. Frames are to be taken off, by `next`, before more is added.
    public mutating func add(_ bytes: some Collection<UInt8>) {
        receive(upTo: bytes.count) { room in
            room.copyBytes(from: bytes)
            return bytes.count
        }
    }

    /// The same for bytes that are put where they are to be: up to so many, and `body` says how many.
    public mutating func receive(upTo count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if start > 0 {
            let rest = start..<end
            buffer.withUnsafeMutableBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<rest.count]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[rest]))
            }
            (start, end) = (0, rest.count)
        }
        let missing = end + count - buffer.count
        if missing > 0 { buffer += repeatElement(0, count: missing) }
        let room = end..<(end + count)
        end += buffer.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[room])) }
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
        guard held >= Frame.headerSize + length else { return nil }
        let number = word(at: start + 5)
        let first = start + Frame.headerSize
        let payload = Array(buffer[first..<(first + length)])
        start = first + length
        if start == end {
            (start, end) = (0, 0)
            if buffer.count > 1 << 20 { buffer = [] }
        }
        return Frame(kind, number, payload)
    }

    private mutating func fail(_ reason: String) -> LinkFault {
        let fault = LinkFault(reason)
        self.fault = fault
        buffer = []
        (start, end) = (0, 0)
        return fault
    }

    private func word(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(buffer[index + $1]) << (8 * $1) }
    }
}
