import Glibc

/// Reads a `multipart/form-data` body (RFC 7578) that arrives in chunks of any size.
///
/// A pure state machine: bytes go in through `receive`, events come out of `next`. It holds no more than the last chunk
/// and whatever may still turn out to be a boundary or a header.
struct MultipartParser: Sendable {
    enum Event: Hashable, Sendable {
        case part(MultipartPart)
        /// Some of the current part's bytes, never empty.
        case bytes([UInt8])
        case partEnded
        /// The final boundary has been seen; anything after it is ignored.
        case finished
    }

    private enum State {
        case preamble
        /// Right after a boundary: either `--`, the end, or a line break and a part.
        case boundary
        case headers
        case body
        case finished
    }

    private let delimiter: [UInt8]
    private let limits: FormLimits
    private var state = State.preamble
    /// Starts with a line break that is not in the body, so that the first boundary is like the others.
    private var buffer: [UInt8] = [13, 10]
    private var head = 0
    private var received = 0
    private var parts = 0
    private var ended = false

    /// - Parameter boundary: as in the content type, without the two dashes; 1 to 70 bytes.
    init(boundary: String, limits: FormLimits) throws(FormError) {
        guard (1...70).contains(boundary.utf8.count) else {
            throw .malformed("the boundary of multipart/form-data must have 1 to 70 characters")
        }
        delimiter = Array("\r\n--".utf8) + Array(boundary.utf8)
        self.limits = limits
    }

    /// Takes the next chunk of the body.
    mutating func receive(_ chunk: some Collection<UInt8>) throws(FormError) {
        received += chunk.count
        guard received <= limits.total else { throw .tooLarge("The body is over \(limits.total) bytes.") }
        guard state != .finished else { return }
        buffer.removeFirst(head)
        head = 0
        buffer.append(contentsOf: chunk)
    }

    /// The body is complete: from now on `next` fails instead of asking for more.
    mutating func end() {
        ended = true
    }

    /// The next event, or nil if more of the body is needed first.
    mutating func next() throws(FormError) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard try skipToDelimiter() else { return nil }
            case .boundary:
                guard try readBoundaryEnd() else { return nil }
                if state == .finished { return .finished }
            case .headers:
                return try readHeaders()
            case .body:
                return try readBody()
            case .finished:
                return nil
            }
        }
    }

    private mutating func skipToDelimiter() throws(FormError) -> Bool {
        let scan = scanForDelimiter()
        head = scan.end
        guard scan.found else {
            try wantMore("it has no boundary in it")
            return false
        }
        head += delimiter.count
        state = .boundary
        return true
    }

    /// Goes on to a part's headers or to the end; false: more is needed.
    private mutating func readBoundaryEnd() throws(FormError) -> Bool {
        // RFC 2046 lets white space follow a boundary.
        var index = head
        while index < buffer.count, buffer[index] == 32 || buffer[index] == 9 { index += 1 }
        guard index - head <= limits.headers else { throw .malformed("a boundary is not followed by a line break") }
        guard index + 2 <= buffer.count else {
            try wantMore("it ends within a boundary")
            return false
        }
        switch (buffer[index], buffer[index + 1]) {
        case (45, 45) where index == head:
            state = .finished
            buffer = []
            head = 0
        case (13, 10):
            parts += 1
            guard parts <= limits.parts else { throw .tooLarge("The form has more than \(limits.parts) parts.") }
            // The line break stays: a part without headers is then ended by the same four bytes as any other.
            head = index
            state = .headers
        default:
            throw .malformed("a boundary is not followed by a line break")
        }
        return true
    }

    private mutating func readHeaders() throws(FormError) -> Event? {
        let end = buffer[head...].firstRange(of: [13, 10, 13, 10])?.lowerBound
        guard (end ?? buffer.count) - head <= limits.headers else {
            throw .tooLarge("The headers of a part are over \(limits.headers) bytes.")
        }
        guard let end else {
            try wantMore("it ends within the headers of a part")
            return nil
        }
        let part = try MultipartPart(headerBlock: buffer[head..<end])
        head = end + 4
        state = .body
        return .part(part)
    }

    private mutating func readBody() throws(FormError) -> Event? {
        let scan = scanForDelimiter()
        if scan.end > head {
            let bytes = Array(buffer[head..<scan.end])
            head = scan.end
            return .bytes(bytes)
        }
        guard scan.found else {
            try wantMore("it ends without its final boundary")
            return nil
        }
        head += delimiter.count
        state = .boundary
        return .partEnded
    }

    /// Up to where there is certainly no delimiter, counting from `head`, and whether one begins there.
    private func scanForDelimiter() -> (end: Int, found: Bool) {
        buffer.withUnsafeBytes { bytes in
            var index = head
            // Nearly all of a body is scanned here and nowhere else: memchr is many times a Swift loop's speed.
            while let start = bytes.baseAddress, let hit = memchr(start + index, 13, bytes.count - index) {
                let found = start.distance(to: hit)
                if zip(bytes[found...], delimiter).allSatisfy({ $0 == $1 }) {
                    return (found, bytes.count - found >= delimiter.count)
                }
                index = found + 1
            }
            return (bytes.count, false)
        }
    }

    private func wantMore(_ complaint: String) throws(FormError) {
        if ended { throw .malformed("the body is not a whole form: \(complaint)") }
    }
}
