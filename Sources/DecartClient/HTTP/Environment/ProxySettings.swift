public import DecartAPI

/// Which requests go through which proxy.
///
/// | variable                      | says                                                                    |
/// |-------------------------------|-------------------------------------------------------------------------|
/// | `https_proxy`, `HTTPS_PROXY`  | the proxy of `https` requests: a tunnel, encrypted from end to end      |
/// | `http_proxy`                  | the proxy of `http` requests, which it forwards (and can read)          |
/// | `no_proxy`, `NO_PROXY`        | what is reached without a proxy: see `ProxyExceptions`                  |
///
/// `HTTP_PROXY` is ignored: in a CGI program it holds a header that a stranger sent. As in curl, the lower-case
/// spelling wins, and an empty variable counts as unset. What runs on this machine (`localhost`, loopback addresses) is
/// never reached through a proxy, which would look for it on its own machine.
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

    /// Every route a request can take.
    var routes: [Route] { [.direct] + [https.map { .tunnel($0) }, http.map { .forward($0) }].compactMap { $0 } }

    func route(for scheme: String, host: String) -> Route {
        let route = scheme == "https" ? https.map { Route.tunnel($0) } : http.map { Route.forward($0) }
        guard let route, !exceptions.contain(host: host) else { return .direct }
        return route
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
