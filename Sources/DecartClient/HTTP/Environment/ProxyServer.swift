import AsyncHTTPClient
import DecartAPI
import FoundationEssentials

/// An HTTP proxy. Printing it never shows its user name and password.
struct ProxyServer: Hashable, Sendable {
    var host: String
    var port: Int
    private var user: String?
    private var password: String?

    /// The same default as curl's.
    private static let usualPort = 1080

    /// - Parameters:
    ///   - text: `http://[user[:password]@]host[:port][/]`; the scheme may be left out.
    ///   - source: the variable it was given in, for the message.
    /// - Throws: `INVALID_OPTIONS`, which does not repeat the text: it may hold a password.
    init(_ text: String, from source: String) throws(DecartError) {
        func invalid(_ fault: String) -> DecartError {
            DecartError(
                .invalidOptions,
                "\(source) is not a usable proxy: \(fault). Give it as \"http://host:port\", or unset it.")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            throw invalid("it contains a blank, a control character or a character that is not ASCII")
        }
        let whole = text.contains("://") ? text : "http://" + text
        guard whole.lowercased().hasPrefix("http://") else {
            throw invalid("its scheme is not http, and no other kind of proxy is supported")
        }
        guard let url = URL(string: whole), let host = url.host(), !host.isEmpty else {
            throw invalid("it has no host, or its port is not a number")
        }
        guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else {
            throw invalid("something follows its host and port")
        }
        let port = url.port ?? Self.usualPort
        guard (1...65535).contains(port) else { throw invalid("its port is not between 1 and 65535") }
        self.host = host
        self.port = port
        user = url.user(percentEncoded: false)
        password = url.password(percentEncoded: false)
    }

    var forTunnels: HTTPClient.Configuration.Proxy {
        .server(host: host, port: port, authorization: authorization)
    }

    /// The value of `Proxy-Authorization`; nil for a proxy that was given without a user name.
    var authorization: HTTPClient.Authorization? {
        user.map { HTTPClient.Authorization.basic(username: $0, password: password ?? "") }
    }

    var url: String { host.contains(":") ? "http://[\(host)]:\(port)/" : "http://\(host):\(port)/" }
}

extension ProxyServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "\(host):\(port)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}
