import DecartAPI
import SandboxLink

/// Whether what a script process has put together can be sent as it is: nothing in it may end a header or a line early.
enum FormCheck {
    /// Headers that the keeper sets, or that belong to the connection.
    private static let own: Set<String> = [
        "host", "x-api-key", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer",
        "keep-alive", "proxy-authorization", "proxy-connection", "expect",
    ]

    static func check(_ request: LinkedRequest) throws(PermissionRefusal) {
        for header in request.headers {
            guard isToken(header.name), header.value.utf8.count <= 64 << 10,
                header.value.utf8.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F })
            else { throw PermissionRefusal("A header has characters that no header has.") }
        }
        guard request.idleTimeout > .zero else { throw PermissionRefusal("A request had no time.") }
        if case .form(let parts) = request.body { try check(parts) }
    }

    static func check(_ parts: [LinkedPart]) throws(PermissionRefusal) {
        for part in parts {
            guard isLine(part.name) else { throw PermissionRefusal("A field's name has characters that no name has.") }
            if case .file(_, let type, _) = part.content, !isLine(type) {
                throw PermissionRefusal("A file's type has characters that no type has.")
            }
        }
    }

    /// Whether it is text of one line; file names are escaped where they are written.
    private static func isLine(_ text: String) -> Bool {
        text.utf8.count <= 1024 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 256
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// Those that may go to a server that gets no key.
    static func elsewhere(_ headers: [LinkedRequest.Header]) -> [(name: String, value: String)] {
        headers.map { (name: $0.name.lowercased(), value: $0.value) }.filter { !own.contains($0.name) }
    }

    /// Those that may go to the API: what asks for a part of a result.
    static func ofAPI(_ headers: [LinkedRequest.Header]) -> [(name: String, value: String)] {
        headers.compactMap { header in
            let name = header.name.lowercased()
            return ["range", "if-range", "accept-encoding"].contains(name) ? (name: name, value: header.value) : nil
        }
    }
}
