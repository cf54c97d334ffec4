public import PlainErrors

/// Which browser pages may use the queue (the Fetch standard's CORS protocol).
public struct CORSPolicy: Hashable, Sendable {
    /// No page of another origin may.
    public static let none = CORSPolicy(origins: [], allowsAll: false)

    private static let methods = "GET, HEAD, POST, DELETE"
    private static let requestHeaders =
        "x-api-key, content-type, range, if-range, if-none-match, user-agent"
    private static let replyHeaders = "content-length, content-range, accept-ranges, etag, retry-after"
    /// Seconds for which a browser may remember what it was allowed.
    private static let lifetime = "600"

    private let origins: Set<String>
    private let allowsAll: Bool

    private init(origins: Set<String>, allowsAll: Bool) {
        self.origins = origins
        self.allowsAll = allowsAll
    }

    /// - Parameter origins: such as `https://example.com` or `http://localhost:3000`; `*` stands for every origin.
    /// - Throws: if one is neither.
    public init(_ origins: [String]) throws(MessageError) {
        var known: Set<String> = []
        for origin in origins where origin != "*" {
            guard let normal = Self.normalised(origin) else {
                throw MessageError(
                    "'\(origin)' is not an origin: write a scheme, a host and perhaps a port, such as "
                        + "http://localhost:3000, or * for every origin")
            }
            known.insert(normal)
        }
        self.init(origins: known, allowsAll: origins.contains("*"))
    }

    /// As a browser writes it: in lower case, without the scheme's usual port and without a path.
    private static func normalised(_ origin: String) -> String? {
        let parts = origin.lowercased().split(separator: "://", omittingEmptySubsequences: false)
        guard parts.count == 2, ["http", "https"].contains(parts[0]) else { return nil }
        var host = parts[1]
        if host.hasSuffix("/") { host.removeLast() }
        let legal = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-._:[]".utf8.contains(byte)
            }
        }
        guard legal, !host.isEmpty else { return nil }
        let usualPort = parts[0] == "http" ? ":80" : ":443"
        if host.hasSuffix(usualPort) { host.removeLast(usualPort.count) }
        return "\(parts[0])://\(host)"
    }

    /// What a reply to a page of `origin` needs so that the page may read it.
    /// - Parameter origin: the request's `Origin`; nil: it comes from no page.
    func headers(for origin: String?) -> [QueueReply.Header] {
        guard self != .none else { return [] }
        // A cache must not give one origin's reply to another.
        let vary = allowsAll ? [] : [QueueReply.Header(name: "vary", value: "Origin")]
        guard let origin, allows(origin) else { return vary }
        return vary + [
            .init(name: "access-control-allow-origin", value: allowsAll ? "*" : origin),
            .init(name: "access-control-expose-headers", value: Self.replyHeaders),
        ]
    }

    /// The reply to a preflight, the question that a browser asks first; nil: the request is not one, or the policy lets
    /// no page in.
    func preflight(method: String, headers: [String: String]) -> QueueReply? {
        guard self != .none, method == "OPTIONS", let origin = headers["origin"],
            headers["access-control-request-method"] != nil
        else { return nil }
        guard allows(origin) else {
            return .refusal(
                403, "Pages of \(origin) may not use this queue; start it with --cors \(origin)",
                headers: self.headers(for: nil))
        }
        var allowed = self.headers(for: origin).filter { $0.name != "access-control-expose-headers" }
        allowed += [
            .init(name: "access-control-allow-methods", value: Self.methods),
            .init(name: "access-control-allow-headers", value: Self.requestHeaders),
            .init(name: "access-control-max-age", value: Self.lifetime),
        ]
        // Chrome asks this of a server on the user's own machine.
        if headers["access-control-request-private-network"] == "true" {
            allowed.append(.init(name: "access-control-allow-private-network", value: "true"))
        }
        return QueueReply(status: 204, headers: allowed, body: .bytes([]))
    }

    private func allows(_ origin: String) -> Bool { allowsAll || origins.contains(origin) }
}
