import AsyncHTTPClient
import DecartAPI
import FoundationEssentials

/// An HTTP proxy that opens tunnels (`CONNECT`). However it is printed, its user name and password do not show.
struct ProxyServer: Hashable, Sendable {
    var host: String
    var port: Int
    private var user: String?
    private var password: String?

    /// As curl has it.
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
            throw invalid("it has a blank, a control character or a character that is not ASCII in it")
        }
        let whole = text.contains("://") ? text : "http://" + text
        guard whole.lowercased().hasPrefix("http://") else {
            throw invalid("its scheme is not http, and no other kind of proxy is known here")
        }
        guard let url = URL(string: whole), let host = url.host(), !host.isEmpty else {
            throw invalid("it has no host, or its port is not a number")
        }
        guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else {
            throw invalid("something follows its host and port")
        }
        let port = url.port ?? Self.usualPort
        guard (1...65535).contains(port) else { throw invalid("no such port can be") }
        self.host = host
        self.port = port
        user = url.user(percentEncoded: false)
        password = url.password(percentEncoded: false)
    }

    var forHTTPClient: HTTPClient.Configuration.Proxy {
        let authorization = user.map { HTTPClient.Authorization.basic(username: $0, password: password ?? "") }
        return .server(host: host, port: port, authorization: authorization)
    }
}

extension ProxyServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "\(host):\(port)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}
