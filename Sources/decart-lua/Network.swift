import DecartAPI
import DecartClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import RunClock
import Synchronization

/// The connections of a run, made when the script first asks for a client, so that a script without one starts faster.
final class Network: Sendable {
    private let group: any EventLoopGroup
    private let clock: any RunClock
    private let made = Mutex<HTTPTransport?>(nil)
    private let queue: (any QueueTransport)?
    private let watch: RequestWatch?
    private let reads: ReadSizes?

    /// - Parameters:
    ///   - queue: carries every request instead of connections, if given.
    ///   - watch: sees every request, if given.
    ///   - reads: how much is read from a connection at a time, if not as much as is fast.
    init(
        group: any EventLoopGroup, clock: any RunClock, queue: (any QueueTransport)?, watch: RequestWatch? = nil,
        reads: ReadSizes? = nil
    ) {
        self.group = group
        self.clock = clock
        self.queue = queue
        self.watch = watch
        self.reads = reads
    }

    /// - Throws: `INVALID_OPTIONS` for a proxy or certificates in the environment that cannot be used.
    func transport() throws(DecartError) -> any QueueTransport {
        let transport: any QueueTransport = if let queue { queue } else { try connections() }
        return watch?.watching(transport, clock) ?? transport
    }

    private func connections() throws(DecartError) -> HTTPTransport {
        // Under the lock: a keeper is asked by several requests at once, and one that came second would make its own.
        try made.withLock { made throws(DecartError) in
            if let made { return made }
            var configuration = try HTTPTransport.Configuration.fromEnvironment(ProcessInfo.processInfo.environment)
            if let reads { configuration.reads = reads }
            Self.keepSIGPIPE(on: group)
            let transport = HTTPTransport(on: group, clock: clock, configuration: configuration)
            made = transport
            return transport
        }
    }

    /// NIO makes the whole process ignore SIGPIPE when it creates the first socket or takes the first pipe, and only
    /// then. This makes that happen now and undoes it. Otherwise, once a request had been made, nobody would notice
    /// that the reader of the script's output has gone.
    private static func keepSIGPIPE(on group: any EventLoopGroup) {
        var before = sigaction()
        guard sigaction(SIGPIPE, nil, &before) == 0 else { return }
        defer { sigaction(SIGPIPE, &before, nil) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return }
        // The channel ends when it finds the pipe's other end closed.
        _ = NIOPipeBootstrap(group: group).takingOwnershipOfDescriptor(input: ends[0])
        close(ends[1])
    }

    func shutdown() async {
        await made.withLock { $0 }?.shutdown()
    }
}
