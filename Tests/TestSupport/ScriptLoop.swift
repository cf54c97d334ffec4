package import NIOCore
internal import NIOPosix

/// The loops that the tests' scripts run on: not NIO's shared ones, where a busy script would hold up the servers of
/// other tests.
package enum ScriptLoop {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    private static let long = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    package static func next() -> any EventLoop { group.next() }

    /// For a script that keeps its loop busy for long: on a loop of the others it would make them late.
    package static func forLongRuns() -> any EventLoop { long.next() }
}
