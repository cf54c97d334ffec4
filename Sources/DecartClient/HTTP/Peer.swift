/// Whom a request goes to, for messages.
struct Peer: Sendable, CustomStringConvertible {
    var host: String
    var port: Int
    var proxy: ProxyServer?

    var description: String { "\(host):\(port)" + (proxy.map { " through the proxy \($0)" } ?? "") }
}
