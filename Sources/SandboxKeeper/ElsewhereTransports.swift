import DecartAPI
public import DecartClient
import Glibc
public import NIOCore
import PlainErrors
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

    /// - Parameters:
    ///   - configuration: a script decides how many replies are under way, so a keeper's connections read sparingly.
    ///   - lookup: a name's addresses; the system's unless given.
    public init(
        on group: any EventLoopGroup, clock: any RunClock, configuration: HTTPTransport.Configuration,
        lookup: (@Sendable (String, Int) -> [NetworkAddress])? = nil
    ) {
        self.group = group
        self.clock = clock
        self.configuration = configuration
        self.lookup = lookup ?? { Self.addresses(of: $0, port: $1) }
    }

    /// - Parameters:
    ///   - needsPublicAddress: whether an address of this machine's or a private network is refused.
    ///   - permissions: may deny an address, whatever name leads there.
    func transport(
        to place: WebPlace, needsPublicAddress: Bool, permissions: Permissions
    ) async throws(TransportError) -> HTTPTransport {
        let (lookup, host, port) = (lookup, place.host, place.port)
        let found = await FileWork.run(on: clock) { () throws(Never) in lookup(host, port) }
        guard let first = found.first else {
            throw TransportError(.network, reach: .neverSent, reason: "the name \(host) has no address")
        }
        if needsPublicAddress, !found.allSatisfy(\.isPublic) {
            let shown = place.rule.description
            throw TransportError(
                refusal: PermissionRefusal(
                    "The host \(Excerpt.quoted(shown)) has an address of this machine's or a private network. "
                        + "\(ShellWord.quoted("--allow-net=\(shown)")) allows it by name.", flag: "--allow-net",
                    what: shown
                ).error)
        }
        if let denied = found.first(where: { permissions.denies($0, port: port) }) {
            throw TransportError(
                refusal: PermissionRefusal(
                    "The host \(Excerpt.quoted(place.rule.description)) has the address \(denied), which --deny-net takes "
                        + "away.", flag: "--deny-net", what: denied.description
                ).error)
        }
        return connections(to: host, at: first.description)
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
