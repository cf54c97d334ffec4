/// How a request gets to its server.
enum Route: Hashable, Sendable {
    case direct
    /// Through a tunnel that the proxy opens (`CONNECT`). Used for `https`, so that the proxy sees nothing of the
    /// exchange.
    case tunnel(ProxyServer)
    /// To the proxy itself, which forwards the request. Used for plain `http`, for which many proxies open no tunnel.
    case forward(ProxyServer)

    var proxy: ProxyServer? {
        switch self {
        case .direct: nil
        case .tunnel(let proxy), .forward(let proxy): proxy
        }
    }
}
