public import DecartAPI
import Synchronization

extension QueueClient {
    /// What came of the first request of a poll, which nobody has looked into yet.
    public struct FirstRequest: Sendable {
        let result: Result<TransportReply, TransportError>
    }

    /// What came of a poll that was begun without a Swift task.
    public enum DirectStatus: Sendable {
        case reply(JobReply)
        /// It takes more than this: a redirect, another try, an error to be told. `status(_:within:after:)` goes on.
        case goesOn(FirstRequest)
    }

    /// Begins a poll without a Swift task, where the transport has a direct way to the server: nearly every poll is a
    /// request and a reply, with nothing to wait for in between.
    ///
    /// - Parameter done: called once, on the loop of the transport, after this has returned.
    /// - Returns: what cancels it; nil where it cannot begin so: then `status` serves, and `done` is not called.
    public func beginStatus(_ id: JobID, _ done: @escaping (DirectStatus) -> Void) -> (any DirectExchange)? {
        requester.statusWay.way(of: requester)?.get(id.pathSegment) { result in
            let job = Self.plainSuccess(result, of: id)
            done(job.map { .reply($0) } ?? .goesOn(FirstRequest(result: result)))
        }
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

/// The transport's direct way to the jobs, once it has one.
final class StatusWay: Sendable {
    private let found = Mutex<(any DirectWay)?>(nil)

    func way(of requester: Requester) -> (any DirectWay)? {
        if let way = found.withLock({ $0 }) { return way }
        let way = requester.transport.directWay(
            to: requester.statusBase, headers: requester.headers(for: requester.configuration.baseURL.origin),
            idleTimeout: requester.configuration.timeout)
        found.withLock { $0 = way }
        return way
    }
}

extension Requester {
    /// What the URL of each job's status begins with.
    var statusBase: String { "\(configuration.baseURL)/v1/jobs/" }
}
