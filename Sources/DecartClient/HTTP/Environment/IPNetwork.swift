import Glibc

/// An IPv4 or IPv6 network as `NO_PROXY` names it: `192.0.2.0/24`, `fd00::/8`, or a single address.
struct IPNetwork: Hashable, Sendable {
    /// Four for IPv4, sixteen for IPv6.
    private var bytes: [UInt8]
    /// How many leading bits all addresses of the network share; at least one.
    private var prefix: Int

    /// - Returns: nil for anything but an address, optionally with a prefix length that is valid for its family.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.address(first) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            let isNumber = parts[1].utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isNumber, let given = UInt8(parts[1]), Int(given) <= prefix else { return nil }
            // To curl, a length of 0 is as good as none.
            if given > 0 { prefix = Int(given) }
        }
        // ::ffff:192.0.2.1 is 192.0.2.1 in IPv6 notation.
        let isMapped =
            bytes.count == 16 && prefix >= 96 && bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
        self.prefix = isMapped ? prefix - 96 : prefix
    }

    /// Whether every address of `other` belongs to this network.
    func contains(_ other: IPNetwork) -> Bool {
        guard bytes.count == other.bytes.count, prefix <= other.prefix else { return false }
        let (whole, rest) = prefix.quotientAndRemainder(dividingBy: 8)
        guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
    }

    private static func address(_ text: some StringProtocol) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, String(text), &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        var v6 = in6_addr()
        if inet_pton(AF_INET6, String(text), &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
        return nil
    }
}
