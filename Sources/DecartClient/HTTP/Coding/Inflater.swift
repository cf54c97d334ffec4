import CZlib

/// Decompresses gzip and deflate with zlib, in pieces of a bounded size however far the input expands.
///
/// Not thread-safe: `DecodedBody` guards it with a lock.
final class Inflater {
    private enum Wrapping: Int32 {
        /// A gzip or zlib header; zlib detects which.
        case wrapped = 47
        /// No header at all.
        case raw = -15
    }

    private let coding: ContentCoding
    /// zlib keeps a pointer to this, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var wrapping: Wrapping?
    /// What has arrived. From `position` on it has not been decoded yet.
    private var input: [UInt8] = []
    private var position = 0
    /// The last piece was full, so zlib may have more output for input that it has already read.
    private var mayHoldMore = false
    private var isAtEnd = false
    private var isGzip = false

    init(_ coding: ContentCoding) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if wrapping != nil { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func feed(_ bytes: [UInt8]) {
        input.removeFirst(position)
        position = 0
        if input.isEmpty { input = bytes } else { input += bytes }
    }

    /// The next piece of what has been fed, at most `count` bytes; nil when nothing is left of it.
    func next(upTo count: Int) throws(ContentCodingError) -> [UInt8]? {
        guard try hasBegun() else { return nil }
        while position < input.count || mayHoldMore {
            if isAtEnd { try goOnBehindEnd() }
            let piece = try inflate(upTo: count)
            if !piece.isEmpty { return piece }
        }
        return nil
    }

    /// - Throws: if what has been fed is not a complete body.
    func finish() throws(ContentCodingError) {
        // An empty body is accepted in any coding.
        let isEmpty = wrapping == nil && input.isEmpty
        guard isAtEnd || isEmpty else { throw ContentCodingError(reason: "ended in the middle of a compressed body") }
    }

    /// Determines the format from the first two bytes, since servers disagree about what "deflate" means.
    private func hasBegun() throws(ContentCodingError) -> Bool {
        if wrapping != nil { return true }
        guard input.count >= 2 else { return false }
        isGzip = input[0] == 0x1F && input[1] == 0x8B
        let isZlib = input[0] & 0x0F == 8 && (Int(input[0]) << 8 + Int(input[1])) % 31 == 0
        let wrapping: Wrapping = isGzip || isZlib || coding == .gzip ? .wrapped : .raw
        let code = inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            throw ContentCodingError(reason: "sent a compressed body, and there is no memory to decode it")
        }
        self.wrapping = wrapping
        return true
    }

    /// A gzip body may have several members. Nothing may follow the end of any other.
    private func goOnBehindEnd() throws(ContentCodingError) {
        guard isGzip, inflateReset(stream) == Z_OK else {
            throw ContentCodingError(reason: "sent more after the end of a compressed body")
        }
        isAtEnd = false
    }

    private func inflate(upTo count: Int) throws(ContentCodingError) -> [UInt8] {
        var code = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            input.withUnsafeMutableBufferPointer { input in
                let rest = UnsafeMutableBufferPointer(rebasing: input[position...])
                stream.pointee.next_in = rest.baseAddress
                stream.pointee.avail_in = UInt32(clamping: rest.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                let (before, room) = (stream.pointee.avail_in, stream.pointee.avail_out)
                code = CZlib.inflate(stream, Z_NO_FLUSH)
                position += Int(before - stream.pointee.avail_in)
                written = Int(room - stream.pointee.avail_out)
                mayHoldMore = stream.pointee.avail_out == 0
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
            }
        }
        switch code {
        case Z_STREAM_END:
            isAtEnd = true
            mayHoldMore = false
        case Z_OK: break
        // zlib needs more input.
        case Z_BUF_ERROR: mayHoldMore = false
        default: throw ContentCodingError(reason: "sent a body that is not in the content coding it claims")
        }
        return piece
    }
}
