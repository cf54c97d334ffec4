import Glibc

/// A numeric address of a machine, for telling the open Internet from what lies nearer.
public struct NetworkAddress: Hashable, Sendable {
    /// 4 bytes, or 16.
    public var bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// One that is written in any of the ways that the system's resolver takes: `127.0.0.1`, `0x7f.1`, `2130706433`,
    /// `::1`, `::ffff:127.0.0.1`.
    public init?(_ text: some StringProtocol) {
        if let bytes = Self.parts(of: text) {
            self.bytes = bytes
            return
        }
        guard text.contains(":") else { return nil }
        var address = in6_addr()
        guard inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
        bytes = withUnsafeBytes(of: &address) { Array($0) }
    }

    /// One to four numbers, of which the last fills what is left.
    private static func parts(of text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count) else { return nil }
        var value: UInt64 = 0
        for (index, part) in parts.enumerated() {
            let lower = part.lowercased()
            let number =
                lower.hasPrefix("0x")
                ? UInt64(lower.dropFirst(2), radix: 16)
                : lower.count > 1 && lower.hasPrefix("0") ? UInt64(lower, radix: 8) : UInt64(lower, radix: 10)
            let bits = index == parts.count - 1 ? 8 * (5 - parts.count) : 8
            guard let number, !lower.hasPrefix("+"), number < 1 << UInt64(bits) else { return nil }
            value = value << UInt64(bits) | number
        }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Itself, or the IPv4 address that it only writes in another way.
    private var plain: [UInt8] {
        bytes.count == 16 && bytes[..<10].allSatisfy({ $0 == 0 }) && bytes[10] == 0xFF && bytes[11] == 0xFF
            ? Array(bytes[12...]) : bytes
    }

    /// Whether it is one that the whole Internet can reach. What is private, loopback, link-local, shared, reserved,
    /// multicast or unspecified is not; nor is an IPv6 address that stands for such an IPv4 one.
    public var isPublic: Bool {
        bytes.count == 4 ? Self.isPublic4(bytes[...]) : isPublic6
    }

    private static func isPublic4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let (a, b, c) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1], bytes[bytes.startIndex + 2])
        switch (a, b, c) {
        case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): return false
        case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _): return false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113): return false
        default: return true
        }
    }

    private var isPublic6: Bool {
        // Mapped and compatible IPv4, and the prefixes of NAT64 and 6to4.
        if bytes[..<10].allSatisfy({ $0 == 0 }) {
            return bytes[10] == 0xFF && bytes[11] == 0xFF && Self.isPublic4(bytes[12...])
        }
        if bytes[..<12] == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] { return Self.isPublic4(bytes[12...]) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return Self.isPublic4(bytes[2..<6]) }
        // Global unicast is 2000::/3, of which Teredo and the documentation's prefix are taken out.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] == 0, bytes[3] == 0 { return false }
        return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8)
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// Its one spelling, which the resolver takes.
    public var description: String {
        var name = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let bytes = plain
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &name, socklen_t(name.count)) != nil else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
