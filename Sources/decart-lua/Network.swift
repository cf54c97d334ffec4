import DecartAPI
import DecartClient
import Foundation
import NIOCore
import RunClock
import Synchronization

/// The connections of a run, made when the script first asks for a client: a script without one starts faster.
final class Network: Sendable {
    private let group: any EventLoopGroup
    private let clock: any RunClock
    private let made = Mutex<HTTPTransport?>(nil)
    private let queue: (any QueueTransport)?

    /// - Parameter queue: what carries every request in place of connections, if anything does.
    init(group: any EventLoopGroup, clock: any RunClock, queue: (any QueueTransport)?) {
        self.group = group
        self.clock = clock
        self.queue = queue
    }

    /// - Throws: `INVALID_OPTIONS` for a proxy or certificates in the environment that cannot be used.
    func transport() throws(DecartError) -> any QueueTransport {
        if let queue { return queue }
        if let transport = made.withLock({ $0 }) { return transport }
        let configuration = try HTTPTransport.Configuration.fromEnvironment(ProcessInfo.processInfo.environment)
        let transport = HTTPTransport(on: group, clock: clock, configuration: configuration)
        made.withLock { $0 = transport }
        return transport
    }

    func shutdown() async {
        await made.withLock { $0 }?.shutdown()
    }
}
