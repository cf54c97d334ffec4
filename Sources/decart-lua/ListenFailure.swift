import Glibc
import NIOCore

/// Why an address cannot be listened on, in words.
enum ListenFailure {
    /// - Parameters:
    ///   - hostOption, portOption: which options to change: "--host", "--port".
    /// - Returns: nil if the address is not the reason.
    static func message(
        _ error: any Error, host: String, hostOption: String, port: Int, portOption: String
    ) -> String? {
        guard let error = error as? IOError else { return nil }
        switch error.errnoCode {
        case EADDRINUSE: return "\(portOption): port \(port) is in use; take another, or none for a free one"
        case EADDRNOTAVAIL: return "\(hostOption): \(host) is not an address of this machine"
        case EACCES: return "\(portOption): port \(port) is not for this user; take one above 1023"
        default: return nil
        }
    }
}
