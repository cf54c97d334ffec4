import ScriptPermissions

/// Whom a URL leads to.
struct WebPlace: Hashable, Sendable {
    /// In its one spelling.
    var host: String
    var port: Int
    var isUsualPort: Bool
    /// The same URL with the host in that spelling: who looks it up is to look up what was judged.
    var url: String

    /// Nil for what is no `http(s)` URL with a host, and for one that names a user: what comes before `@` is a way to
    /// make an address look like another.
    init?(_ url: String) {
        let usual: Int
        let scheme: String
        if Self.begins(url, with: "https://") {
            (usual, scheme) = (443, "https://")
        } else if Self.begins(url, with: "http://") {
            (usual, scheme) = (80, "http://")
        } else {
            return nil
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        let tail = rest.dropFirst(authority.count)
        guard tail.first != "\\", !authority.contains("@"), !authority.contains("%"), let rule = HostRule(authority)
        else {
            return nil
        }
        host = rule.host
        port = rule.port ?? usual
        isUsualPort = port == usual
        self.url = scheme + rule.description + tail
    }

    private static func begins(_ url: String, with scheme: String) -> Bool {
        url.utf8.count >= scheme.utf8.count && url.prefix(scheme.count).lowercased() == scheme
    }

    /// Whether it is one that shows where it leads: a numeric address, or this machine.
    var saysItsAddress: Bool {
        if host == "localhost" || host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// As a flag names it.
    var rule: HostRule { HostRule(host: host, port: isUsualPort ? nil : port) }
}
