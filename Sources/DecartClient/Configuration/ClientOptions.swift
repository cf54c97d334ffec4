/// What a caller says when making a client; everything may be left out.
public struct ClientOptions: Sendable {
    /// Shown to nobody; `APIKey` says how that is kept.
    public var apiKey: String?
    public var baseURL: String?
    /// The URL of a proxy that adds the key itself.
    public var proxy: String?
    /// The name of the program or framework that uses the client, for the `User-Agent`.
    public var integration: String?
    public var maxRetries: Int?
    public var timeout: Duration?

    public init(
        apiKey: String? = nil, baseURL: String? = nil, proxy: String? = nil, integration: String? = nil,
        maxRetries: Int? = nil, timeout: Duration? = nil
    ) {
        self.apiKey = apiKey
        self.baseURL = baseURL
        self.proxy = proxy
        self.integration = integration
        self.maxRetries = maxRetries
        self.timeout = timeout
    }
}

extension ClientOptions: CustomReflectable {
    /// Without the key.
    public var customMirror: Mirror {
        Mirror(self, children: ["baseURL": baseURL as Any, "proxy": proxy as Any, "maxRetries": maxRetries as Any])
    }
}
