/// The server a request goes to, and the proxy on the way, for messages.
struct Peer: Sendable, CustomStringConvertible {
    var host: String
    var port: Int
    var proxy: ProxyServer?

    /// What the connection is made to.
    var entrance: String { proxy.map { "the proxy \($0)" } ?? description }

    var description: String { "\(host):\(port)" + (proxy.map { " through the proxy \($0)" } ?? "") }
}
