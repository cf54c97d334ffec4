/// A way for small GETs to one server that takes no Swift task: a program may poll thousands of times a second, and a task
/// for each costs more than all the rest of a poll.
///
/// It belongs to the transport's event loop: whoever is on another thread is not served.
public protocol DirectWay: AnyObject, Sendable {
    /// Sends one GET.
    ///
    /// - Parameters:
    ///   - rest: what follows the address that the way was asked for.
    ///   - done: called once, on the loop and after this has returned, with what came of it; its body is `.bytes`.
    /// - Returns: nil where this cannot go out at once on this way. Then nothing was sent, `done` is not called, and
    ///   `QueueTransport.send` serves.
    func get(
        _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
    ) -> (any DirectExchange)?
}

/// A request that is under way on a direct way.
public protocol DirectExchange: AnyObject {
    /// Ends it, unless it has ended: `done` is then called with that, after this has returned.
    func cancel()
}

extension QueueTransport {
    public func directWay(
        to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
    ) -> (any DirectWay)? { nil }
}
