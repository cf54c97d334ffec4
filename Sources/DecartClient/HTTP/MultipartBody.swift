import DecartAPI

/// A form as the sequence of pieces to send, with their total length known in advance.
struct MultipartBody: Sendable {
    enum Piece: Sendable {
        case bytes([UInt8])
        case file(MultipartForm.File, path: BytePath, size: Int)
    }

    let boundary: String
    private(set) var pieces: [Piece] = []
    /// The bytes of all pieces together: the `Content-Length`.
    private(set) var length = 0

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    init(_ form: MultipartForm) {
        var random = SystemRandomNumberGenerator()
        self.init(form, boundary: Self.randomBoundary(using: &random))
    }

    init(_ form: MultipartForm, boundary: String) {
        self.boundary = boundary
        var sink = PieceSink()
        Self.write(form, boundary: boundary, to: &sink)
        (pieces, length) = (sink.finished(), sink.length)
    }

    /// What `length` will be, without a copy of what the form holds.
    static func length(of form: MultipartForm) -> Int {
        var sink = LengthSink()
        // Boundaries are all of one length.
        write(form, boundary: String(repeating: "0", count: boundaryLength), to: &sink)
        return sink.length
    }

    private static func write(_ form: MultipartForm, boundary: String, to sink: inout some FormSink) {
        for part in form.parts {
            sink.add("--\(boundary)\r\nContent-Disposition: form-data; name=\"".utf8)
            sink.add(escaped(part.name.utf8))
            sink.add("\"".utf8)
            switch part.content {
            case .text(let value):
                sink.add("\r\n\r\n".utf8)
                sink.add(value)
            case .file(let file):
                sink.add("; filename=\"".utf8)
                sink.add(escaped(file.fileName.bytes))
                sink.add("\"\r\nContent-Type: \(headerValue(file.contentType))\r\n\r\n".utf8)
                switch file.source {
                case .bytes(let bytes): sink.add(bytes)
                case .path(let path, let size): sink.add(file, path: path, size: size)
                }
            }
            sink.add("\r\n".utf8)
        }
        sink.add("--\(boundary)--\r\n".utf8)
    }

    private static let boundaryStart = "decart-"
    /// Digits of 64 bits.
    private static let halfLength = 13
    private static let boundaryLength = boundaryStart.utf8.count + 2 * halfLength

    /// With 128 random bits, no field will contain it.
    static func randomBoundary(using random: inout some RandomNumberGenerator) -> String {
        let halves = [random.next(), random.next()] as [UInt64]
        // Of one length always: equal forms have equal sizes.
        return boundaryStart
            + halves.map { half in
                let digits = String(half, radix: 36)
                return String(repeating: "0", count: halfLength - digits.count) + digits
            }.joined()
    }

    /// Escapes a name for the quotes of `Content-Disposition`. Quote, CR and LF are written as browsers write them;
    /// other control characters become spaces, so that no name can end its header or begin another.
    static func escaped(_ name: some Sequence<UInt8>) -> [UInt8] {
        var escaped: [UInt8] = []
        for byte in name {
            switch byte {
            case UInt8(ascii: "\""): escaped += "%22".utf8
            case UInt8(ascii: "\r"): escaped += "%0D".utf8
            case UInt8(ascii: "\n"): escaped += "%0A".utf8
            case 0..<0x20, 0x7F: escaped.append(UInt8(ascii: " "))
            default: escaped.append(byte)
            }
        }
        return escaped
    }

    private static func headerValue(_ type: String) -> String {
        let isSafe = type.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }
        return isSafe && !type.isEmpty ? type : "application/octet-stream"
    }
}

/// What a form is written to, in order.
private protocol FormSink {
    mutating func add(_ bytes: some Collection<UInt8>)
    mutating func add(_ file: MultipartForm.File, path: BytePath, size: Int)
}

private struct LengthSink: FormSink {
    private(set) var length = 0

    mutating func add(_ bytes: some Collection<UInt8>) { length += bytes.count }

    mutating func add(_ file: MultipartForm.File, path: BytePath, size: Int) { length += size }
}

private struct PieceSink: FormSink {
    private var pieces: [MultipartBody.Piece] = []
    private var pending: [UInt8] = []
    private(set) var length = 0

    mutating func add(_ bytes: some Collection<UInt8>) {
        pending += bytes
        length += bytes.count
    }

    mutating func add(_ file: MultipartForm.File, path: BytePath, size: Int) {
        pieces += [.bytes(pending), .file(file, path: path, size: size)]
        pending = []
        length += size
    }

    func finished() -> [MultipartBody.Piece] { pieces + [.bytes(pending)] }
}
