import Foundation
import Synchronization
import TestSupport

/// Stands between a client and PostgreSQL's socket, and cuts the connection in which a transaction is committed.
final class CuttingProxy: Sendable {
    enum Cut: Sendable, CaseIterable {
        /// The server never hears of the commit.
        case before
        /// The server commits, and the client never hears of it.
        case after
    }

    let folder: ScratchFolder
    private let server: String
    private let listener: Int32
    private let cuts = Mutex<[Cut]>([])

    init(to server: String) throws {
        // The path of a socket has to be short.
        folder = try ScratchFolder()
        self.server = server
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isListening = withSocketAddress(folder.file(".s.PGSQL.5432")) { bind(listener, $0, $1) } == 0
        guard isListening, listen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread.detachNewThread { [listener] in
            // Ends when the listener is shut down.
            while case let client = accept(listener, nil, nil), client >= 0 { self.serve(client) }
            close(listener)
        }
    }

    /// Ends it: nobody is let in any more.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Cuts the next so many commits.
    func cut(_ next: [Cut]) { cuts.withLock { $0 = next } }

    var isDone: Bool { cuts.withLock { $0.isEmpty } }

    private func serve(_ client: Int32) {
        let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard withSocketAddress(server, { connect(upstream, $0, $1) }) == 0 else {
            close(client)
            close(upstream)
            return
        }
        let isCut = Flag()
        let group = DispatchGroup()
        @Sendable func end() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(upstream, Int32(SHUT_RDWR))
        }
        Thread.detachNewThread(joining: group) { [self] in
            while case let bytes = Self.receive(client), !bytes.isEmpty {
                var cut: Cut?
                if bytes.firstRange(of: Array("commit\0".utf8)) != nil {
                    cut = cuts.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                }
                if cut == .before { break }
                if cut == .after { isCut.set() }
                Self.send(upstream, bytes)
            }
            // A reply that is to be lost has to have been made.
            if !isCut.isSet { end() }
        }
        Thread.detachNewThread(joining: group) {
            while case let bytes = Self.receive(upstream), !bytes.isEmpty {
                if isCut.isSet { break }
                Self.send(client, bytes)
            }
            end()
        }
        group.notify(queue: .global()) {
            close(client)
            close(upstream)
        }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    private static func receive(_ socket: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    private static func send(_ socket: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

private func withSocketAddress<Value>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
) -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { place in
        for (index, byte) in path.utf8.prefix(place.count - 1).enumerated() { place[index] = byte }
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

extension Thread {
    fileprivate static func detachNewThread(joining group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}
