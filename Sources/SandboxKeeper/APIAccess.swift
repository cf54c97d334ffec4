import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import Synchronization

/// What a poll needs of the client. That is a large value, and whoever looks at it copies it.
final class APIAccess: Sendable {
    let userAgent: (name: String, value: String)
    let key: APIKey?
    let journal: Journal
    /// The base URL: which jobs are meant by an id.
    let server: String
    /// The transport's direct way to the jobs, and how long a request may be silent there.
    private let way = Mutex<(way: any DirectWay, idleTimeout: Duration)?>(nil)

    init(_ paid: JournaledClient) {
        let configuration = paid.client.configuration
        userAgent = (name: "user-agent", value: configuration.userAgent)
        key = configuration.apiKey
        journal = paid.journal
        server = configuration.baseURL.text
    }

    /// What a request to the API has: `own`, and what the keeper adds.
    func headers(_ own: [(name: String, value: String)]) -> [(name: String, value: String)] {
        [userAgent] + own + (key.map { [(name: "x-api-key", value: $0.secret)] } ?? [])
    }

    /// What a poll has of its own.
    static let ofPolls = [(name: "accept-encoding", value: "identity")]

    /// The direct way of polls that may be silent for so long; nil: there is none for them.
    func statusWay(
        of transport: () throws(DecartError) -> any QueueTransport, _ idleTimeout: Duration
    ) -> (any DirectWay)? {
        if let known = way.withLock({ $0 }) { return known.idleTimeout == idleTimeout ? known.way : nil }
        let found = try? transport().directWay(
            to: "\(server)/v1/jobs/", headers: headers(Self.ofPolls), idleTimeout: idleTimeout)
        guard let found else { return nil }
        way.withLock { $0 = (found, idleTimeout) }
        return found
    }
}
