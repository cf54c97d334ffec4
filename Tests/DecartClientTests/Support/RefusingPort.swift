import Glibc

/// A loopback port that refuses every connection for as long as this lives. One that a server has given up would not
/// do: the next server of a test beside this one may be given it.
final class RefusingPort {
    private let socket: CInt
    let number: Int

    init() throws {
        // Bound, so that nobody else can have it, and not listened at.
        let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
            }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else {
            close(socket)
            throw Unexpected.noValue
        }
    }

    deinit { close(socket) }
}
