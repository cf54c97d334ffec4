internal import NIOCore

/// The names by which a request may call this server. A stranger's page whose name was made to point at this
/// machine (DNS rebinding) calls it by that name, and is refused.
///
/// The port does not matter: people may come through a tunnel (`ssh -L`) from another one.
struct HostRule: Sendable {
    /// The address that the server listens on.
    let listening: String

    /// - Parameter header: the request's `Host`, such as `127.0.0.1:8080` or `[::1]`.
    func allows(_ header: String?) -> Bool {
        guard let header, let host = Self.host(of: header) else { return false }
        if ["localhost", "127.0.0.1", "::1"].contains(host) || host == listening.lowercased() { return true }
        // If it listens everywhere, any of the machine's addresses will do: nobody can make a numeric address point
        // elsewhere.
        return ["0.0.0.0", "::"].contains(listening) && (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }

    /// The header without its port and brackets; nil if it is not of that form.
    private static func host(of header: String) -> String? {
        let text = header.lowercased()
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let host = text.prefix { $0 != ":" }
        return host.isEmpty || !isPort(text[host.endIndex...]) ? nil : String(host)
    }

    private static func isPort(_ rest: Substring) -> Bool {
        if rest.isEmpty { return true }
        let digits = rest.dropFirst()
        return rest.first == ":" && (1...5).contains(digits.count) && digits.allSatisfy { ("0"..."9").contains($0) }
    }
}
