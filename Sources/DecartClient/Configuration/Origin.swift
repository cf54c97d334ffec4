import FoundationEssentials

/// Scheme, host and port of a URL: whom one talks to. The key goes to one origin only.
struct Origin: Hashable, Sendable {
    var scheme: String
    var host: String
    var port: Int

    /// Nil for what is not an `http(s)` URL with a host.
    init?(of url: String) {
        guard let url = URL(string: url) else { return nil }
        self.init(of: url)
    }

    init?(of url: URL) {
        guard let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host()?.lowercased(), !host.isEmpty
        else { return nil }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        guard (1...65535).contains(port) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port
    }
}
