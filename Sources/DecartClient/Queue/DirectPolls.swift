public import DecartAPI
import Synchronization

/// A client's polls, begun without a Swift task where its transport has a direct way to the server: nearly every poll is a
/// request and a reply, with nothing to wait for in between.
///
/// A class, and one for each client: whoever polls would copy all that a client holds.
public final class DirectPolls: Sendable {
    /// What came of the first request of a poll, which nobody has looked into yet.
    public struct FirstRequest: Sendable {
        let result: Result<TransportReply, TransportError>
    }

    /// What came of a poll.
    public enum Outcome: Sendable {
        case reply(JobReply, FirstRequest)
        /// It takes more than this: a redirect, another try, an error to be told. `QueueClient.status(_:within:after:)`
        /// goes on.
        case goesOn(FirstRequest)
    }

    private let requester: Requester
    private let way = Mutex<(any DirectWay)?>(nil)

    public init(of client: DecartClient) {
        requester = client.requester
    }

    /// Begins a poll.
    ///
    /// - Parameter done: called once, on the loop of the transport, after this has returned.
    /// - Returns: what cancels it; nil where it cannot begin so: then `QueueClient.status` serves, and `done` is not
    ///   called.
    public func begin(_ id: JobID, _ done: @escaping (Outcome) -> Void) -> (any DirectExchange)? {
        findWay()?.get(id.pathSegment) { result in
            let first = FirstRequest(result: result)
            done(Self.plainSuccess(result, of: id).map { .reply($0, first) } ?? .goesOn(first))
        }
    }

    /// The transport may have none at first.
    private func findWay() -> (any DirectWay)? {
        if let known = way.withLock({ $0 }) { return known }
        let found = requester.transport.directWay(
            to: requester.statusBase, headers: requester.headers(for: requester.configuration.baseURL.origin),
            idleTimeout: requester.configuration.timeout)
        way.withLock { $0 = found }
        return found
    }

    /// The reply to a poll about which there is nothing more to say.
    private static func plainSuccess(_ result: Result<TransportReply, TransportError>, of id: JobID) -> JobReply? {
        guard case .success(let reply) = result, (200...299).contains(reply.status), reply.coding == nil,
            case .bytes(let body) = reply.body, case .success(let job) = JobReply.parse(body, asked: id),
            job.status.isKnown
        else { return nil }
        return job
    }
}

extension Requester {
    /// What the URL of each job's status begins with.
    var statusBase: String { "\(configuration.baseURL)/v1/jobs/" }
}
