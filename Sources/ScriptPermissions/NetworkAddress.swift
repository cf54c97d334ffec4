/// A numeric address of a machine, for telling the open Internet from what lies nearer.
public struct NetworkAddress: Hashable, Sendable {
    /// 4 bytes, or 16.
    public var bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
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
