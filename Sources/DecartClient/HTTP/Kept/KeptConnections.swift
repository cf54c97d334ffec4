import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import Synchronization

/// The short way for small requests: HTTP/1.1 connections that are kept, and nothing on them but NIO's own handlers and
/// our guards. A program may poll thousands of times a second, and each time the HTTP client takes twice as long.
///
/// What this is not made for goes the other way: bodies, streams, proxies, HTTP/2. Over TLS a server is only reached
/// this way once the other way has had a reply in HTTP/1.1 from it: the server chooses.
final class KeptConnections: Sendable {
    /// Where a request goes.
    struct Target {
        var origin: KeptOrigin
        /// Path and query as they stand in the URL.
        var path: String

        func request(with headers: [(name: String, value: String)]) -> KeptRequest {
            KeptRequest(path, host: origin.header, headers: headers)
        }
    }

    private static let headers: Set<String> = ["user-agent", "accept-encoding", "x-api-key", "accept"]

    /// A program speaks to one or two servers.
    private static let originLimit = 8

    private let loop: any EventLoop
    private let configuration: HTTPTransport.Configuration
    private let origins = Mutex<[KeptOrigin]>([])

    init(on loop: any EventLoop, _ configuration: HTTPTransport.Configuration) {
        self.loop = loop
        self.configuration = configuration
    }

    /// Where the request goes if it goes this way; nil: it does not.
    func target(of request: TransportRequest) -> Target? {
        guard let origin = origins.withLock({ $0.first { request.url.hasPrefix($0.prefix) } }),
            Self.isLikePoll(request)
        else { return nil }
        let path = request.url.utf8.dropFirst(origin.prefix.utf8.count - 1)
        return Self.isOfPath(path) ? Target(origin: origin, path: String(Substring(path))) : nil
    }

    /// Learns where a request goes, if later ones like it may go this way: a script that fetches from many servers
    /// leaves the few places to those that are polled.
    ///
    /// - Parameter version: what the server speaks.
    func learn(from request: TransportRequest, _ prepared: PreparedRequest, version: HTTPVersion) {
        // What the HTTP client makes of the address of IPv6 is its own.
        guard configuration.keepsConnections, configuration.pinnedAddresses.isEmpty, prepared.route == .direct,
            version == .http1_1, Self.isLikePoll(request), !prepared.http.host.contains(":")
        else { return }
        let (scheme, host, port) = (prepared.http.scheme, prepared.http.host, prepared.http.port)
        let isTLS = scheme == "https"
        let header = port == (isTLS ? 443 : 80) ? host : "\(host):\(port)"
        // A URL that spells its server in any other way goes the other way.
        let prefix = "\(scheme)://\(header)/"
        origins.withLock { origins in
            guard origins.count < Self.originLimit, !origins.contains(where: { $0.prefix == prefix }) else { return }
            origins.append(
                KeptOrigin(
                    Peer(host: host, port: port), prefix: prefix, header: header, isTLS: isTLS, on: loop,
                    configuration))
        }
    }

    private static func isLikePoll(_ request: TransportRequest) -> Bool {
        guard case .get = request.method, case .none = request.body else { return false }
        return !request.streamsReply && !request.needsFreshConnection && request.headers.allSatisfy(isPlain)
    }

    /// Names that mean nothing to the connection, and values that cannot end their line.
    private static func isPlain(_ header: (name: String, value: String)) -> Bool {
        headers.contains(header.name) && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    /// Whether all of that may stand in a path or a query as it is.
    static func isOfPath(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy(isOfPath) }

    private static func isOfPath(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "&")...UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "%"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    func shutdown() async {
        for origin in origins.withLock({ $0 }) { await origin.shutdown() }
    }
}
