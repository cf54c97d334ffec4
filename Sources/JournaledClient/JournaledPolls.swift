public import DecartAPI
import DecartClient
import JobJournal

/// The polls of a client that writes down what is news, begun without a Swift task where that can be.
public final class JournaledPolls: Sendable {
    /// What came of one.
    public enum Outcome {
        case reply(JobReply)
        /// There is more to do.
        case goesOn(@Sendable () async throws(DecartError) -> JobReply)
    }

    private let client: JournaledClient
    private let direct: DirectPolls
    private let server: String

    public init(of client: JournaledClient) {
        self.client = client
        direct = DirectPolls(of: client.client)
        server = client.server
    }

    /// As `DirectPolls.begin`.
    public func begin(_ id: JobID, _ done: @escaping (Outcome) -> Void) -> (any DirectExchange)? {
        direct.begin(id) { [self] outcome in
            switch outcome {
            case .reply(let reply, _) where !client.journal.isNews(reply, at: server):
                done(.reply(reply))
            case .reply(_, let first), .goesOn(let first):
                done(
                    .goesOn { [self] () async throws(DecartError) in
                        try await client.status(id, within: nil, after: first)
                    })
            }
        }
    }

    /// As `JournaledClient.status`.
    public func status(_ id: JobID, within limit: Duration? = nil) async throws(DecartError) -> JobReply {
        try await client.status(id, within: limit)
    }
}
