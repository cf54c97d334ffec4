import AsyncHTTPClient
public import DecartAPI
import NIOCore

extension HTTPTransport {
    /// How a transport uses the network. Time limits of single requests are the requests' own.
    public struct Configuration: Sendable {
        /// Requests on the wire at one time, open streams included; the rest wait in line.
        public var connectionLimit = 64
        /// How long to wait for a connection, TLS included.
        public var connectTimeout: Duration = .seconds(10)
        /// How long an unused connection is kept. Below the 60 s after which common load balancers drop one.
        public var idleConnectionTimeout: Duration = .seconds(30)
        /// The longest reply, in bytes, that is collected in memory for a request that does not stream it.
        public var collectedReplyLimit = 8 << 20

        /// Which requests go through a proxy; none unless given.
        public var proxies = ProxySettings()
        /// Whose word is taken for who a server is; the system's authorities unless given.
        public var trust = TrustSettings()

        public init() {}

        /// The usual configuration with what the environment says of the network: `HTTPS_PROXY`, `http_proxy`,
        /// `NO_PROXY` (see `ProxySettings`), `SSL_CERT_FILE` and `SSL_CERT_DIR` (see `TrustSettings`).
        ///
        /// - Throws: `INVALID_OPTIONS`, naming the variable that cannot be used and what is wrong with it.
        public static func fromEnvironment(_ environment: [String: String]) throws(DecartError) -> Configuration {
            var configuration = Configuration()
            configuration.proxies = try ProxySettings(environment: environment)
            configuration.trust = try TrustSettings(environment: environment)
            return configuration
        }

        func forPooledConnections(via proxy: ProxyServer?) -> HTTPClient.Configuration {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.timeout.connect = TimeAmount(connectTimeout)
            configuration.connectionPool.idleTimeout = TimeAmount(idleConnectionTimeout)
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
            // A refused connection is reported at once: whether to try again is for the client above to say.
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.decompression = .disabled
            configuration.proxy = proxy?.forHTTPClient
            configuration.tlsConfiguration = trust.forTLS
            // Nobody looks at traces of requests; even those that go nowhere were a tenth of what a poll costs.
            configuration.tracing.tracer = nil
            return configuration
        }

        func forSingleUseConnections(via proxy: ProxyServer?) -> HTTPClient.Configuration {
            var configuration = forPooledConnections(via: proxy)
            configuration.maximumUsesPerConnection = 1
            // HTTP/2 would put the next submit on the same connection as another stream.
            configuration.httpVersion = .http1Only
            // A connection that came about after its request was cancelled is not kept for the next one.
            configuration.connectionPool.idleTimeout = .zero
            return configuration
        }
    }
}
