import DecartAPI
public import DecartClient
import Glibc
public import NIOCore
public import RunClock
public import ScriptPermissions
import Synchronization

/// Requests to servers other than the API's: over connections to addresses that were looked at first. A name that is
/// looked up again for the connection could lead somewhere else by then.
public final class ElsewhereTransports: Sendable {
    /// How many addresses have connections of their own at one time.
    private static let limit = 16

    private struct Made {
        var key: String
        var transport: HTTPTransport
    }

    private let group: any EventLoopGroup
    private let clock: any RunClock
    private let configuration: HTTPTransport.Configuration
    private let made = Mutex<[Made]>([])
    private let lookup: @Sendable (String, Int) -> [NetworkAddress]

    /// - Parameter lookup: a name's addresses; the system's unless given.
    public init(
        on group: any EventLoopGroup, clock: any RunClock, configuration: HTTPTransport.Configuration,
        lookup: (@Sendable (String, Int) -> [NetworkAddress])? = nil
    ) {
        self.group = group
        self.clock = clock
        self.configuration = configuration
        self.lookup = lookup ?? { Self.addresses(of: $0, port: $1) }
    }

    /// - Parameter needsPublicAddress: whether an address of this machine's or a private network is refused.
    func transport(
        to host: String, port: Int, needsPublicAddress: Bool
    ) async throws(TransportError) -> HTTPTransport {
        let lookup = lookup
        let found = await FileWork.run(on: clock) { () throws(Never) in lookup(host, port) }
        guard let first = found.first else {
            throw TransportError(.network, reach: .neverSent, reason: "the name \(host) has no address")
        }
        if needsPublicAddress, !found.allSatisfy(\.isPublic) {
            throw TransportError(
                refusal: PermissionRefusal(
                    "The host \(Excerpt.quoted(host)) has an address of this machine's or a private network. "
                        + "--allow-net=\(host) allows it by name.", flag: "--allow-net", what: host
                ).error)
        }
        return connections(to: host, at: first.text)
    }

    private func connections(to host: String, at address: String) -> HTTPTransport {
        let key = "\(host) \(address)"
        var configuration = configuration
        configuration.pinnedAddresses = [host: address]
        let settings = configuration
        let (transport, old) = made.withLock { made -> (HTTPTransport, HTTPTransport?) in
            if let index = made.firstIndex(where: { $0.key == key }) {
                let found = made.remove(at: index)
                made.append(found)
                return (found.transport, nil)
            }
            let new = Made(key: key, transport: HTTPTransport(on: group, clock: clock, configuration: settings))
            made.append(new)
            return (new.transport, made.count > Self.limit ? made.removeFirst().transport : nil)
        }
        if let old { Task { await old.shutdown() } }
        return transport
    }

    public func shutdown() async {
        let all = made.withLock { made in
            defer { made = [] }
            return made
        }
        for one in all { await one.transport.shutdown() }
    }

    /// By the system's resolver; blocks.
    private static func addresses(of host: String, port: Int) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [NetworkAddress] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            guard let address = entry.pointee.ai_addr else { continue }
            let bytes: [UInt8]
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                    withUnsafeBytes(of: pointer.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                    withUnsafeBytes(of: pointer.pointee.sin6_addr) { Array($0) }
                }
            default: continue
            }
            if let address = NetworkAddress(bytes: bytes), !found.contains(address) { found.append(address) }
        }
        return found
    }
}

extension NetworkAddress {
    /// As the resolver takes it.
    fileprivate var text: String {
        var name = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &name, socklen_t(name.count)) != nil else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
