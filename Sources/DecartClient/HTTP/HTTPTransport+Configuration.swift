import AsyncHTTPClient
public import DecartAPI
import NIOCore
import NIOPosix
import RunClock

extension HTTPTransport {
    /// How a transport uses the network. Requests carry their own time limits.
    public struct Configuration: Sendable {
        /// Requests on the wire at one time, open streams included; the rest wait in line.
        public var connectionLimit = 64
        /// How long to wait for a connection, TLS included.
        public var connectTimeout: Duration = .seconds(10)
        /// How long an unused connection is kept. Below the 60 s after which common load balancers drop one.
        public var idleConnectionTimeout: Duration = .seconds(30)
        /// The longest reply, in bytes, that is collected in memory for a request that does not stream it.
        public var collectedReplyLimit = 8 << 20
        /// The most bytes that a compressed reply may expand to when it is streamed. Other streams have no limit.
        public var decodedReplyLimit = 1 << 30

        /// Which requests go through a proxy; none unless given.
        public var proxies = ProxySettings()
        /// Which certificate authorities are trusted; the system's unless given.
        public var trust = TrustSettings()

        /// How much is read from a connection at a time.
        package var reads = ReadSizes()
        /// By a host's name: the address that its connections go to, whatever the name means by then.
        package var pinnedAddresses: [String: String] = [:]

        /// Whether polls may go the short way, over `KeptConnections`. Tests hold both ways against the same servers.
        var keepsConnections = true
        /// How long kept connections have been unused, on a clock that tests may move.
        var keptConnectionClock: any RunClock = SystemClock()
        /// What finds the addresses of kept connections' servers; nil: the system.
        var resolver: (any Resolver & Sendable)?

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

        func forPooledConnections(by route: Route) -> HTTPClient.Configuration {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.timeout.connect = TimeAmount(connectTimeout)
            configuration.connectionPool.idleTimeout = TimeAmount(idleConnectionTimeout)
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
            // A refused connection is reported at once: whether to try again is the caller's decision.
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.decompression = .disabled
            configuration.dnsOverride = pinnedAddresses
            // To the HTTP client, a forwarding proxy is the server itself.
            if case .tunnel(let proxy) = route { configuration.proxy = proxy.forTunnels }
            configuration.tlsConfiguration = trust.forTLS
            // Nobody reads traces of requests, and even unused ones were a tenth of what a poll costs.
            configuration.tracing.tracer = nil
            // Meant for debugging, but they are the only way into the pipelines, and the client waits for them before
            // it sends anything.
            configuration.http1_1ConnectionDebugInitializer = { [reads] channel in
                channel.eventLoop.makeCompletedFuture { try ReplyPipeline.guardHTTP1(channel, reads: reads) }
            }
            configuration.http2StreamChannelDebugInitializer = { channel in
                channel.eventLoop.makeCompletedFuture { try ReplyPipeline.guardHTTP2(channel) }
            }
            return configuration
        }

        func forSingleUseConnections(by route: Route) -> HTTPClient.Configuration {
            var configuration = forPooledConnections(by: route)
            configuration.maximumUsesPerConnection = 1
            // With HTTP/2 the next submit would be another stream on the same connection.
            configuration.httpVersion = .http1Only
            // A connection whose request was cancelled before it was open is not kept for the next request.
            configuration.connectionPool.idleTimeout = .zero
            return configuration
        }
    }
}
