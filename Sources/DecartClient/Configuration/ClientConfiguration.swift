/// Which queue a client talks to, as whom, and how patiently.
public struct ClientConfiguration: Sendable {
    public static let defaultBaseURL = "https://api.decart.ai"
    public static let defaultMaxRetries = 2
    public static let defaultTimeout: Duration = .seconds(60)
    /// This library's version, as the `User-Agent` states it.
    public static let version = "0.1.0"

    /// Nil behind a proxy that adds the key, and for a local queue.
    public var apiKey: APIKey?
    /// Where the API is: an `http(s)` URL without a `/` at its end.
    public var baseURL: BaseURL
    public var integration: String?
    /// How often a failed call may be made again, where that cannot do harm.
    public var maxRetries: Int
    /// How long one request may go without a byte either way.
    public var timeout: Duration
    /// Results up to this size, in bytes, are kept in memory, greater ones in a temporary file.
    public var memoryLimit = 8 << 20
    /// Where those temporary files are; nil: in a folder of this process's in `TMPDIR` or `/tmp`, which is removed when
    /// it exits.
    public var temporaryFolder: String?

    public init(
        apiKey: APIKey?, baseURL: BaseURL, integration: String? = nil,
        maxRetries: Int = ClientConfiguration.defaultMaxRetries,
        timeout: Duration = ClientConfiguration.defaultTimeout
    ) {
        self.apiKey = apiKey
        self.baseURL = baseURL
        self.integration = integration
        self.maxRetries = maxRetries
        self.timeout = timeout
    }

    package var userAgent: String {
        "decart-lua/\(Self.version) lang/lua \(integration.map { "\($0) " } ?? "")runtime/swift"
    }

    /// `text` without the key, should somebody have put it in there: servers do echo what they were sent.
    func redacted(_ text: String) -> String {
        guard let apiKey else { return text }
        return text.replacing(apiKey.secret, with: "[API key]")
    }
}
