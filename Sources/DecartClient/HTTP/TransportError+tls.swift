import DecartAPI
import NIOSSL

extension TransportError {
    static func isTLS(_ error: any Error) -> Bool {
        error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
    }

    /// Why TLS could not be established, and what can be done about it.
    static func tlsReason(_ error: any Error, _ peer: String) -> String {
        switch error {
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            return "the certificate of \(peer) was issued for another host, and no SSL_CERT_FILE can change that"
        case NIOSSLError.handshakeFailed(let cause):
            return handshakeReason("\(cause)", peer)
        case NIOSSLError.noSuchFilesystemObject, NIOSSLError.failedToLoadCertificate, is BoringSSLError:
            return "the certificates to trust could not be read, so that TLS with \(peer) is not possible: look at "
                + "SSL_CERT_FILE and SSL_CERT_DIR"
        case NIOSSLError.uncleanShutdown:
            return "\(peer) closed the connection before its reply was complete"
        default:
            return "TLS with \(peer) failed: \(error)"
        }
    }

    private static func handshakeReason(_ cause: String, _ peer: String) -> String {
        if cause.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the certificate of \(peer) is not trusted: it has expired, is not valid yet, or comes from an "
                + "authority that is unknown here. If the authority is your own, name a file with its certificate "
                + "in SSL_CERT_FILE"
        }
        if cause.contains("WRONG_VERSION_NUMBER") {
            return "\(peer) does not speak TLS: is it http:// rather than https://?"
        }
        return "TLS with \(peer) failed: \(cause)"
    }
}
