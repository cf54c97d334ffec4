internal import NIOCore

/// Which names a request may call this server by. A page of somebody else's whose name was made to point at this machine
/// (DNS rebinding) calls it by that name, and is refused.
///
/// The port is not looked at: a tunnel (`ssh -L`) brings people here by another one.
struct HostRule: Sendable {
    /// The address that the server listens on.
    let listening: String

    /// - Parameter header: the request's `Host`, such as `127.0.0.1:8080` or `[::1]`.
    func allows(_ header: String?) -> Bool {
        guard let header, let host = Self.host(of: header) else { return false }
        if ["localhost", "127.0.0.1", "::1"].contains(host) || host == listening.lowercased() { return true }
        // Listening everywhere, the machine goes by any of its addresses: a number is nobody's to point elsewhere.
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
        rest.isEmpty || (rest.first == ":" && (1...5).contains(rest.count - 1) && rest.dropFirst().allSatisfy(\.isNumber))
    }
}
