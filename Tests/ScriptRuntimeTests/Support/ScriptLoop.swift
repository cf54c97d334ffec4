import NIOCore
import NIOPosix

/// The loops that the tests' scripts run on: not NIO's shared ones, where a busy script would hold up the servers of
/// other tests.
enum ScriptLoop {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    static func next() -> any EventLoop { group.next() }
}
