import DecartAPI

/// A form as the pieces that go over the wire one after the other, with their length known beforehand.
struct MultipartBody: Sendable {
    enum Piece: Sendable {
        case bytes([UInt8])
        case file(MultipartForm.File, path: String, size: Int)
    }

    let boundary: String
    private(set) var pieces: [Piece] = []
    /// Bytes, all pieces together: the `Content-Length`.
    private(set) var length = 0

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    init(_ form: MultipartForm) {
        var random = SystemRandomNumberGenerator()
        self.init(form, boundary: Self.randomBoundary(using: &random))
    }

    init(_ form: MultipartForm, boundary: String) {
        self.boundary = boundary
        var pending: [UInt8] = []
        for part in form.parts {
            pending += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.escaped(part.name))\"".utf8)
            switch part.content {
            case .text(let value):
                pending += Array("\r\n\r\n".utf8)
                pending += value
            case .file(let file):
                let name = Self.escaped(file.fileName)
                let type = Self.headerValue(file.contentType)
                pending += Array("; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n".utf8)
                switch file.source {
                case .bytes(let bytes):
                    pending += bytes
                case .path(let path, let size):
                    append(.bytes(pending), count: pending.count)
                    append(.file(file, path: path, size: size), count: size)
                    pending = []
                }
            }
            pending += Array("\r\n".utf8)
        }
        pending += Array("--\(boundary)--\r\n".utf8)
        append(.bytes(pending), count: pending.count)
    }

    private mutating func append(_ piece: Piece, count: Int) {
        pieces.append(piece)
        length += count
    }

    /// 128 bits of chance: no field contains it.
    static func randomBoundary(using random: inout some RandomNumberGenerator) -> String {
        let halves = [random.next(), random.next()] as [UInt64]
        return "decart-" + halves.map { String($0, radix: 36) }.joined()
    }

    /// A name as it stands between the quotes of `Content-Disposition`. Quote, CR and LF go out as browsers write
    /// them; other control characters become spaces, so that no name can end its header or begin another.
    static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func headerValue(_ type: String) -> String {
        let isSafe = type.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }
        return isSafe && !type.isEmpty ? type : "application/octet-stream"
    }
}
