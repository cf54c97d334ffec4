/// Brings URLs into the form that RFC 3986 requires, the only one on which parsers agree. Given a single illegal
/// character, Foundation's parser encodes every `%` in that component a second time, which breaks signed URLs.
///
/// | in the text                                      | becomes                                            |
/// |--------------------------------------------------|----------------------------------------------------|
/// | `%2F`, `%e9`: what is encoded                     | itself                                             |
/// | a letter, a digit, any of `-._~:/?@!$&'()*+,;=`   | itself                                             |
/// | the first `#`                                    | itself                                             |
/// | `[` and `]` of an address in the place of a host | themselves                                         |
/// | any other byte, also a `%` that encodes nothing  | `%` and its two digits: ` ` → `%20`, `é` → `%C3%A9` |
enum URLText {
    static func encoded(_ text: String) -> String {
        encoded(text.utf8, else: text)
    }

    /// - Parameter bytes: a URL in whatever character encoding its server uses.
    static func encoded(_ bytes: [UInt8]) -> String {
        encoded(bytes, else: nil)
    }

    /// The path and query of an absolute URL: what its server is asked for.
    ///
    /// - Parameter text: already encoded.
    static func target(of text: String) -> String {
        let bytes = Array(text.utf8)
        let rest = bytes[authority(in: bytes).upperBound...].prefix { $0 != UInt8(ascii: "#") }
        let target = String(decoding: rest, as: UTF8.self)
        return target.hasPrefix("/") ? target : "/" + target
    }

    private static func encoded(_ bytes: some Collection<UInt8>, else text: String?) -> String {
        // Nearly every URL is legal as it is, and this runs for each request.
        if let text, bytes.allSatisfy(isOrdinary) { return text }
        let bytes = Array(bytes)
        let authority = authority(in: bytes)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        var hasFragment = false
        for (index, byte) in bytes.enumerated() {
            let isLegal =
                switch byte {
                case UInt8(ascii: "%"): bytes[(index + 1)...].prefix(2).count(where: isHexDigit) == 2
                case UInt8(ascii: "["), UInt8(ascii: "]"): authority.contains(index)
                case UInt8(ascii: "#"): !hasFragment
                default: isOrdinary(byte)
                }
            if byte == UInt8(ascii: "#") { hasFragment = true }
            if isLegal {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The range of user, host and port, which follow a `//` at the beginning or after the scheme.
    private static func authority(in bytes: [UInt8]) -> Range<Int> {
        var start = 0
        if let colon = bytes.firstIndex(where: { !isOfScheme($0) }), bytes[colon] == UInt8(ascii: ":") {
            start = colon + 1
        }
        guard bytes[start...].starts(with: "//".utf8) else { return 0..<0 }
        start += 2
        let end = bytes[start...].firstIndex {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
        }
        return start..<(end ?? bytes.count)
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Whether the byte may appear unencoded anywhere in a URL. No set: it is asked for each byte of each request's URL.
    private static func isOrdinary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"),
            UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: isLetterOrDigit(byte)
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
