public import DecartAPI

/// Which requests go through which proxy.
///
/// | variable                      | says                                                                    |
/// |-------------------------------|-------------------------------------------------------------------------|
/// | `https_proxy`, `HTTPS_PROXY`  | the proxy of `https` requests: the tunnel is encrypted from end to end  |
/// | `http_proxy`                  | the proxy of `http` requests, which are tunnelled (`CONNECT`) too       |
/// | `no_proxy`, `NO_PROXY`        | what goes straight to its server: see `ProxyExceptions`                 |
///
/// `HTTP_PROXY` is not read: in a CGI program that is a header which a stranger sent. Of two spellings the lower-case
/// one counts, as in curl; an empty one is as good as none. What runs on this machine (`localhost`, loopback addresses)
/// is never asked for through a proxy, which would look for it on its own machine.
public struct ProxySettings: Sendable {
    private var https: ProxyServer?
    private var http: ProxyServer?
    private var exceptions = ProxyExceptions("")

    /// No proxy for anything.
    public init() {}

    /// - Throws: `INVALID_OPTIONS` for a proxy that cannot be used, naming the variable and what is wrong, but not its
    ///   value: that may hold a password.
    public init(environment: [String: String]) throws(DecartError) {
        https = try Self.server(["https_proxy", "HTTPS_PROXY"], environment)
        http = try Self.server(["http_proxy"], environment)
        exceptions = ProxyExceptions(Self.first(["no_proxy", "NO_PROXY"], environment)?.value ?? "")
    }

    /// Every proxy that may be used.
    var servers: [ProxyServer] { [https, http].compactMap { $0 } }

    func server(for scheme: String, host: String, port: Int) -> ProxyServer? {
        guard let server = scheme == "https" ? https : http, !exceptions.contain(host: host, port: port) else {
            return nil
        }
        return server
    }

    private static func server(
        _ names: [String], _ environment: [String: String]
    ) throws(DecartError) -> ProxyServer? {
        guard let (name, value) = first(names, environment) else { return nil }
        return try ProxyServer(value, from: name)
    }

    private static func first(_ names: [String], _ environment: [String: String]) -> (name: String, value: String)? {
        for name in names {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }
}
