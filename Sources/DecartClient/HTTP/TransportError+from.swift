import AsyncHTTPClient
import DecartAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension TransportError {
    /// Says in plain words what went wrong below HTTP. Never quotes an error that may contain a header's value.
    init(from error: any Error, reach: Reach, peer: Peer, idleTimeout: Duration) {
        switch error {
        case let error as BodyFileError:
            self.init(.body, reach: reach, reason: error.reason)
        case let error as HTTPClientError:
            self.init(from: error, reach: reach, peer: peer, idleTimeout: idleTimeout)
        case let error as NIOConnectionError:
            self.init(.network, reach: reach, reason: Self.reason(error, peer.entrance))
        case let error as IOError:
            let other = reach == .neverSent ? peer.entrance : "\(peer)"
            self.init(.network, reach: reach, reason: Self.reason(error, other))
        case let error as ReplyError:
            self.init(.network, reach: reach, reason: "\(peer) \(error.reason)")
        case HTTPParserError.headerOverflow:
            self.init(.network, reach: reach, reason: "\(peer) sent more headers than are accepted")
        case is HTTPParserError:
            self.init(.network, reach: reach, reason: "\(peer) answered with something that is not HTTP")
        case _ where Self.isTLS(error):
            self.init(.network, reach: reach, reason: Self.tlsReason(error, "\(peer)"))
        case ChannelError.connectTimeout:
            self.init(.timeout, reach: reach, reason: "\(peer.entrance) did not accept a connection in time")
        case is ChannelError:
            self.init(.network, reach: reach, reason: "the connection to \(peer) was closed")
        default:
            self.init(.network, reach: reach, reason: "the exchange with \(peer) failed: \(type(of: error))")
        }
    }

    private init(from error: HTTPClientError, reach: Reach, peer: Peer, idleTimeout: Duration) {
        switch error {
        case .cancelled:
            self.init(.cancelled, reach: reach, reason: "cancelled")
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            self.init(
                .timeout, reach: reach, reason: "no byte came from or went to \(peer) for \(idleTimeout.inSeconds) s")
        case .connectTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init(.timeout, reach: reach, reason: "\(peer.entrance) did not accept a connection in time")
        case .tlsHandshakeTimeout:
            self.init(.timeout, reach: reach, reason: "the TLS handshake with \(peer) took too long")
        case .remoteConnectionClosed, .uncleanShutdown:
            self.init(.network, reach: reach, reason: "\(peer) closed the connection before its reply was complete")
        case .proxyAuthenticationRequired:
            self.init(.network, reach: reach, reason: "the proxy wants a user name and password (\(peer))")
        case .invalidProxyResponse:
            self.init(.network, reach: reach, reason: "the proxy refused to connect (\(peer))")
        case .bodyLengthMismatch:
            self.init(.body, reach: reach, reason: "a file changed its size while it was sent")
        case .alreadyShutdown:
            self.init(.network, reach: reach, reason: "this transport has been shut down")
        default:
            self.init(.network, reach: reach, reason: "\(error.shortDescription.lowercased()) (\(peer))")
        }
    }

    private static func reason(_ error: NIOConnectionError, _ peer: String) -> String {
        // A name may have several addresses. One that answered says more than one that did not.
        if let tls = error.connectionErrors.map(\.error).first(where: isTLS) { return tlsReason(tls, peer) }
        if let attempt = error.connectionErrors.first {
            if let system = attempt.error as? IOError { return reason(system, peer) }
            if case ChannelError.connectTimeout = attempt.error { return "\(peer) did not accept a connection in time" }
            return "no connection to \(peer)"
        }
        return "the name in \(peer) could not be resolved"
    }

    private static func reason(_ error: IOError, _ peer: String) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused by \(peer)"
        case ECONNRESET, EPIPE: "connection reset by \(peer)"
        case ENETUNREACH, EHOSTUNREACH: "\(peer) cannot be reached from this machine's network"
        case ETIMEDOUT: "\(peer) stopped answering"
        case EMFILE, ENFILE: "this process has too many open files and sockets"
        default: "\(systemMessage(error.errnoCode)) (\(peer))"
        }
    }
}
