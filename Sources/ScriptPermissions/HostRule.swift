/// A host that may be talked to, as the command line names it: `example.com`, `example.com:8080`, `[::1]:80`.
public struct HostRule: Hashable, Sendable {
    /// In its one spelling: in lower case, without a dot at its end, an address as the system writes it, an IPv6 address
    /// without its brackets.
    public var host: String
    /// Nil: any.
    public var port: Int?

    public init(host: String, port: Int? = nil) {
        self.host = Self.spelled(host)
        self.port = port
    }

    /// - Returns: nil for what is no host.
    public init?(_ text: some StringProtocol) {
        var rest = text.lowercased()[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
        } else if rest.filter({ $0 == ":" }).count > 1 {
            host = String(rest)
            rest = ""
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<colon])
            rest = rest[colon...]
        }
        if rest.first == ":" {
            guard let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
            self.port = Int(port)
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/@?#".utf8.contains($0) }) else {
            return nil
        }
        host = Self.spelled(host)
        guard !host.isEmpty, host.last != "." else { return nil }
    }

    /// One host has many spellings; whoever denies one of them means all.
    private static func spelled(_ host: String) -> String {
        let lower = host.lowercased()
        if let address = NetworkAddress(lower) { return address.description }
        let name = lower.last == "." ? String(lower.dropLast()) : lower
        return NetworkAddress(name)?.description ?? name
    }

    public func covers(host: String, port: Int) -> Bool {
        self.host == host && (self.port ?? port) == port
    }
}

extension HostRule: CustomStringConvertible {
    /// As the command line takes it.
    public var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(shown):\($0)" } ?? shown
    }
}

extension Permissions {
    /// Whether that host, as a rule spells it, may be talked to; and whether it was named itself, so that it may have an
    /// address of a private network.
    public func reaches(host: String, port: Int) -> (isAllowed: Bool, isNamed: Bool) {
        guard !net.isEmpty, !denies(host: host, port: port) else { return (false, false) }
        let isNamed = Self.has(net.named, host, port)
        return (net.isAll || isNamed, isNamed)
    }

    /// Whether that host, as a rule spells it, was taken away by name.
    public func denies(host: String, port: Int) -> Bool { Self.has(net.denied, host, port) }

    /// The same of an address that a host turned out to have.
    public func denies(_ address: NetworkAddress, port: Int) -> Bool {
        denies(host: address.description, port: port)
    }

    private static func has(_ list: [[UInt8]], _ host: String, _ port: Int) -> Bool {
        list.contains { HostRule(String(decoding: $0, as: UTF8.self))?.covers(host: host, port: port) ?? false }
    }
}
