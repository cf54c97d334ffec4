import DecartAPI
import Foundation
import SandboxLink
import ScriptPermissions
import Synchronization

@testable import SandboxKeeper

// Whom a keeper has to do with.
extension KeeperSessionTests {
    /// Notes what reaches it, and answers every submit with a job.
    final class Server: QueueTransport {
        private let seen = Mutex<[TransportRequest]>([])
        private let reply: @Sendable (TransportRequest) async -> TransportReply
        private let way: KeeperPollTests.Way?

        var requests: [TransportRequest] { seen.withLock { $0 } }

        init(
            way: KeeperPollTests.Way? = nil,
            _ reply: @escaping @Sendable (TransportRequest) async -> TransportReply = { request in
                let json: JSONValue = ["job_id": "job_1", "status": "pending", "echo": .string("\(request.headers)")]
                return TransportReply(status: 200, body: .bytes(json.serialized()))
            }
        ) {
            self.way = way
            self.reply = reply
        }

        func directWay(
            to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
        ) -> (any DirectWay)? {
            way?.isAsked(base, headers)
            return way
        }

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
            seen.withLock { $0.append(request) }
            return await reply(request)
        }
    }

    final class News: KeeperNews {
        let faults = Mutex<[String]>([])
        let jobs = Mutex<[String]>([])
        func submitBegan() {}
        func submitEnded() {}
        func submitted(_ id: JobID) { jobs.withLock { $0.append(id.text) } }
        func submitFailed(_ error: DecartError) {}
        func saw(_ reply: JobReply) {}
        func gone(_ id: JobID) {}
        func used(_ kind: PermissionKind, _ what: [UInt8]) {}
        func broken(_ reason: String) { faults.withLock { $0.append(reason) } }
    }

    /// The socket's other end.
    final class Intruder: Sendable {
        let descriptor: Int32
        private let decoder = Mutex(FrameDecoder(.toScript))

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }

        /// - Returns: false once the keeper has hung up.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Foundation.send(
                        descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                sent += count
            }
            return true
        }

        /// The next frame that is not the greeting; nil once the keeper has hung up.
        func frame() async -> Frame? {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [self] in
                    while true {
                        let next = decoder.withLock { decoder in try? decoder.next() }
                        if let next, next.kind != .greeting { return continuation.resume(returning: next) }
                        if next != nil { continue }
                        var buffer = [UInt8](repeating: 0, count: 65536)
                        let count = read(descriptor, &buffer, buffer.count)
                        guard count > 0 else { return continuation.resume(returning: nil) }
                        decoder.withLock { $0.add(buffer[..<count]) }
                    }
                }
            }
        }
    }
}
