import DecartClient
import JobJournal
import JournaledClient

/// What a poll needs of the client. That is a large value, and whoever looks at it copies it.
final class APIAccess: Sendable {
    let userAgent: (name: String, value: String)
    let key: APIKey?
    let journal: Journal
    /// The base URL: which jobs are meant by an id.
    let server: String

    init(_ paid: JournaledClient) {
        let configuration = paid.client.configuration
        userAgent = (name: "user-agent", value: configuration.userAgent)
        key = configuration.apiKey
        journal = paid.journal
        server = configuration.baseURL.text
    }
}
