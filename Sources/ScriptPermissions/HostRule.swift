/// A host that may be talked to, as the command line names it: `example.com`, `example.com:8080`, `[::1]:80`.
public struct HostRule: Hashable, Sendable {
    /// In lower case, an IPv6 address without its brackets.
    public var host: String
    /// Nil: any.
    public var port: Int?

    public init(host: String, port: Int? = nil) {
        self.host = host
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
    /// Whether that host, in lower case, may be talked to; and whether it was named itself, so that it may have an
    /// address of a private network.
    public func reaches(host: String, port: Int) -> (isAllowed: Bool, isNamed: Bool) {
        func isIn(_ list: [[UInt8]]) -> Bool {
            list.contains { HostRule(String(decoding: $0, as: UTF8.self))?.covers(host: host, port: port) ?? false }
        }
        guard !net.isEmpty, !isIn(net.denied) else { return (false, false) }
        let isNamed = isIn(net.named)
        return (net.isAll || isNamed, isNamed)
    }
}
